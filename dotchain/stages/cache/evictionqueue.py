"""Where entries wait to be evicted."""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from ...wire import Answer
from .entry import Entry

_NOTHING = Answer.bare(0)


class EvictionQueue:
    """
    Entries in the order in which they came.

    Who leaves from the middle stays in the queue without its octets, until it comes to
    the front or more than half of the queue is like that: a linked list would take eight
    times as much memory for each entry.

    @ivar octets: what all of them cost.
    """

    # So many who left are let lie, however short the queue is.
    _SLACK: ClassVar[int] = 64

    def __init__(self) -> None:
        self.octets = 0
        self._queue: deque[Entry] = deque()
        self._left = 0

    def add(self, entry: Entry) -> None:
        """Stand at the end."""
        entry.queue = self
        self.octets += entry.octets
        self._queue.append(entry)

    def leave(self, entry: Entry) -> None:
        """Go away from wherever it stands, for good."""
        entry.queue = None
        entry.current = _NOTHING
        self.octets -= entry.octets
        self._left += 1
        if self._left > self._SLACK + len(self._queue) // 2:
            self._queue = deque(each for each in self._queue if each.queue is self)
            self._left = 0

    @property
    def first(self) -> Entry | None:
        """The one that came first; None where nobody stands."""
        queue = self._queue
        while queue and queue[0].queue is not self:
            queue.popleft()
            self._left -= 1
        return queue[0] if queue else None

    def pop(self) -> Entry | None:
        """Take out the one that came first; None where nobody stands."""
        queue = self._queue
        while queue:
            entry = queue.popleft()
            if entry.queue is self:
                entry.queue = None
                self.octets -= entry.octets
                return entry
            self._left -= 1
        return None
