"""What one line of a list says: readers of formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..compiled import mypyc_attr

if TYPE_CHECKING:
    from .entries import Entries


def uncommented(line: bytes) -> bytes:
    """A line without the comment that stands behind a blank."""
    if b"#" not in line:
        return line
    return line.replace(b"\t", b" ").partition(b" #")[0].rstrip()


@mypyc_attr(allow_interpreted_subclasses=True)
class Lines:
    """
    Reads lines of one format: override L{read}.

    @ivar format: its name.
    @ivar taken: lines that said something about names.
    """

    def __init__(self, format: str) -> None:
        self.format = format
        self.taken = 0

    def read(self, line: bytes, entries: Entries) -> None:
        """
        Take what a line says.

        @param line: without blanks at its end, and not empty.
        """
