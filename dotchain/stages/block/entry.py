"""What stands in a line of a list, for C{explain}: of lists nothing is kept but hashes of names."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .reading import plain

if TYPE_CHECKING:
    from .copies import Copy, Version

# Octets that are looked through, which takes a few milliseconds, and letters that are told.
_FAR = 2 << 20
_LONG = 100

State = tuple[int, int]
"""Size and time of a file, which tell that it is still the same."""


def stateOf(file: BinaryIO) -> State:
    """The state of a file that is open."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


def inFile(path: Path, state: State, line: int) -> str:
    """What stands in a line of a file, if it is still in this state."""
    try:
        with path.open("rb") as file:
            return _lineAt(file, line) if stateOf(file) == state else ""
    except OSError:
        return ""


def inCopy(copy: Copy, version: Version, line: int) -> str:
    """What stands in a line of the copy of a list, if it is still this version."""
    try:
        found, file = copy.opened()
        with file:
            return _lineAt(file, line) if found == version else ""
    except (OSError, ValueError):
        return ""


def _lineAt(file: BinaryIO, number: int) -> str:
    """Nothing where that is too far on."""
    try:
        lines = plain(file).read(_FAR).split(b"\n", number)
    except (EOFError, zlib.error):
        return ""
    return lines[number - 1].decode("utf-8", "replace").strip()[:_LONG] if len(lines) > number else ""
