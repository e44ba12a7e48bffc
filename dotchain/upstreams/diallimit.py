"""How many connections of one upstream may be in the making at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class DialLimit:
    """
    Lets only so many dials be under way, and the others wait for their turn.

    An upstream that is slow to shake hands, or this host short of CPU, is not helped by
    more handshakes: a storm of them would keep itself alive.
    """

    def __init__(self, most: int = 2) -> None:
        """
        @param most: how many at a time.
        """
        self._free = most
        self._waiting: deque[Callable[[], None]] = deque()

    def enter(self, begin: Callable[[], None]) -> None:
        """
        Call begin as soon as there is room, in the order of coming.

        @param begin: its end must be told by L{leave}.
        """
        if self._free:
            self._free -= 1
            begin()
        else:
            self._waiting.append(begin)

    def clear(self) -> None:
        """Forget those who wait."""
        self._waiting.clear()

    def leave(self) -> None:
        """One is done."""
        if self._waiting:
            self._waiting.popleft()()
        else:
            self._free += 1
