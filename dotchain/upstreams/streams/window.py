"""How many queries one connection to an address bears: learned from how it ends."""

from __future__ import annotations

from typing import ClassVar


class Window:
    """
    The queries in flight that a connection may have.

    Servers have limits that they don't tell, and close where one is passed. So it
    begins small, grows by each answer while it is used up, halves when a connection
    ends early, and grows slowly from there, as TCP's own window does (RFC 5681).

    @ivar size: queries in flight of one connection, at the most.
    """

    FIRST: ClassVar[int] = 64
    # A close with fewer in flight has another reason than their number.
    LEAST: ClassVar[int] = 8

    def __init__(self, most: int) -> None:
        """
        @param most: queries, never to be passed.
        """
        self._most = most
        self._size = float(min(self.FIRST, most))
        self.size = int(self._size)
        self._careful = False

    def answered(self, count: int) -> None:
        """So many answers came while all of it was in use."""
        grown = count / (4 * self._size) if self._careful else count
        self._size = min(self._size + grown, self._most)
        self.size = int(self._size)

    def cut(self, inFlight: int) -> None:
        """A connection was closed with so many queries in flight."""
        if inFlight < self.LEAST:
            return
        self._size = max(self._size / 2, float(min(self.LEAST, self._most)))
        self.size = int(self._size)
        self._careful = True
