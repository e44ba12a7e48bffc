"""A configuration as it goes over the channel."""

from __future__ import annotations

from pathlib import Path

from ..config.included import Included
from ..config.source import Source

Packed = tuple[str, str, str, list[list[str]]]


def packed(source: Source) -> Packed:
    """What L{json} can write of it; what is strange about it the parent has told."""
    return source.file, str(source.folder), source.text, [list(each) for each in source.included]


def unpacked(said: Packed) -> Source:
    """The same again."""
    file, folder, text, included = said
    return Source(file, Path(folder), text, tuple(Included(*each) for each in included))
