"""Where answers wait to be evicted."""

from __future__ import annotations

from collections import deque
from typing import ClassVar


class EvictionQueue:
    """
    The keys of answers in the order in which they came.

    Who leaves from the middle stays in the queue without its octets, until it comes to
    the front or more than half of the queue is like that: a linked list would take eight
    times as much memory for each. Who left and came again stands in it twice, and the
    first of both is the one that left.

    @ivar octets: what all of them cost.
    """

    # So many who left are let lie, however short the queue is.
    _SLACK: ClassVar[int] = 64

    def __init__(self) -> None:
        self.octets = 0
        self._queue: deque[bytes] = deque()
        # How often those keys come that have left, and how often in all.
        self._left: dict[bytes, int] = {}
        self._gone = 0

    def add(self, key: bytes, octets: int) -> None:
        """Stand at the end."""
        self.octets += octets
        self._queue.append(key)

    def leave(self, key: bytes, octets: int) -> None:
        """Go away from wherever it stands, for good."""
        self.octets -= octets
        self._left[key] = self._left.get(key, 0) + 1
        self._gone += 1
        if self._gone > self._SLACK + len(self._queue) // 2:
            self._queue = deque([each for each in self._queue if not self._skips(each)])

    def sweep(self, kept: dict[bytes, bytes]) -> None:
        """Let all leave who aren't kept any more, whose octets have been subtracted."""
        self._queue = deque([each for each in self._queue if not self._skips(each) and each in kept])

    @property
    def first(self) -> bytes | None:
        """The one that came first; None where nobody stands."""
        queue = self._queue
        while queue and self._gone and self._skips(queue[0]):
            queue.popleft()
        return queue[0] if queue else None

    def pop(self) -> bytes | None:
        """Take out the one that came first, but for its octets; None where nobody stands."""
        queue = self._queue
        while queue:
            key = queue.popleft()
            if not self._gone or not self._skips(key):
                return key
        return None

    def _skips(self, key: bytes) -> bool:
        """Whether the next that comes of this key is one that has left; it is not any more by then."""
        count = self._left.get(key)
        if count is None:
            return False
        self._gone -= 1
        if count > 1:
            self._left[key] = count - 1
        else:
            del self._left[key]
        return True
