"""Which queries of a connection have been overtaken by others that came later."""

from __future__ import annotations

from typing import ClassVar


class OvertakenQueries:
    """
    Tells names that are slow from a chain that is busy (RFC 7766 section 7).

    Queries are numbered as they come. Once one is answered that came well after a mark, all that
    came before the mark and still wait are slow by themselves; then the mark is set anew. Where
    answers come in the order of their queries, nobody is ever overtaken.

    @ivar late: how many of those in flight have been.
    """

    __slots__ = ("_came", "_margin", "_mark", "_marked", "_settled", "_turn", "_waiting", "late")

    # Queries that must have come in between.
    MARGIN: ClassVar[int] = 16

    def __init__(self, most: int) -> None:
        """@param most: queries that may be in flight, besides those that are late."""
        self._margin = max(min(self.MARGIN, most // 4), 1)
        self._came = self._waiting = self.late = 0
        self._mark = self._marked = self._settled = 0
        self._turn = self._margin

    def enter(self) -> int:
        """
        A query waits.

        @return: its number.
        """
        self._waiting += 1
        self._came += 1
        return self._came

    def leave(self, number: int) -> None:
        """The query with this number has its answer."""
        self._waiting -= 1
        if number <= self._mark:
            self._marked -= 1
            if number <= self._settled:
                self.late -= 1
        elif number > self._turn:
            self._settled, self.late = self._mark, self._marked
            self._mark, self._marked = self._came, self._waiting
            self._turn = self._came + self._margin
