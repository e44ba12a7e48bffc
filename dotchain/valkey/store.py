"""What is looked for and put, at whichever server takes it now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .waiting import Looking

if TYPE_CHECKING:
    from .counts import Counts
    from .link import Link

__all__ = ["Looking", "Store"]


class Store:
    """
    The servers, as the hot path sees them.

    @ivar links: the servers, and C{counts} what is counted of them.
    @ivar open: whether look-ups are taken; False while all servers are away, late, or have no room.
    """

    def __init__(self, links: Sequence[Link], counts: Counts) -> None:
        """@param links: the servers; the first that is open is asked."""
        self.links = links
        self.open = False
        self.counts = counts
        self._link: Link | None = None

    def choose(self) -> None:
        """Something has changed at one of the servers."""
        for link in self.links:
            if link.open:
                self._link, self.open = link, True
                return
        self._link, self.open = None, False

    def look(self, key: bytes, looking: Looking) -> bool:
        """
        Look for a value. All look-ups of a reactor turn leave in one write.

        @param looking: is told, once, where this is True.
        @return: whether it is looked for; False where that is not possible now.
        """
        link = self._link
        if link is None:
            self.counts.passed += 1
            return False
        return link.look(key, looking)

    def put(self, key: bytes, value: bytes, seconds: int) -> None:
        """
        Put a value, where somebody takes it; nobody hears of it where not.

        @param seconds: how long it is kept, at least 1.
        """
        link = self._link
        if link is None:
            self.counts.dropped += 1
        else:
            link.put(key, value, seconds)
