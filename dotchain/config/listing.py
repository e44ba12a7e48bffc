"""The words of a value, each with its line."""

from __future__ import annotations

from collections.abc import Iterator

from ..options import linesOf


def numbered(text: str) -> Iterator[tuple[str, int]]:
    """The words of a value, separated by blanks or new lines, each with its line of the file."""
    for line in linesOf(text):
        for word in line.split():
            yield word, line.line
