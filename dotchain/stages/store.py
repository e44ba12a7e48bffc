"""Answers by key, bounded in octets."""

from __future__ import annotations

from collections import OrderedDict

from ..wire import Answer

# What one entry costs before its own octets are counted: Entry, Answer, its bytes
# objects and tuple, and its share of the table. Checked by the tests.
_OVERHEAD = 512
_EACH_TTL = 8 + 28

# How many used entries one eviction may pass by: the worst case of a single put.
_CHANCES = 32


class Entry:
    """
    One kept answer.

    @ivar current: the answer as it is in the second L{agedAt}.
    @ivar agedAt: the second that C{current} has been aged to.
    @ivar expires: the first second in which it may not be served any more.
    @ivar used: whether it was served since eviction last came by.
    @ivar octets: what it costs, with a fair share of Python's own overhead.
    """

    __slots__ = ("agedAt", "current", "expires", "octets", "used")

    def __init__(self, key: bytes, answer: Answer, second: int, life: int) -> None:
        self.current = answer
        self.agedAt = second
        self.expires = second + life
        self.used = False
        texts = sum(128 + len(text) for _, text in answer.errors) if answer.errors else 0
        self.octets = _OVERHEAD + len(key) + len(answer.body) + _EACH_TTL * len(answer.ttls) + texts

    def age(self, second: int) -> Answer:
        """The answer with its TTLs counted down to this second."""
        self.current = self.current.aged(second - self.agedAt)
        self.agedAt = second
        return self.current


class Store:
    """
    Entries in the order in which they came, evicted by second chance.

    The oldest entry goes, unless it was used since it last stood there: then it joins
    the end again. A burst of names that nobody asks twice so passes through without
    washing out what is in use. A plain dict would do but for its cost of finding the
    first key behind many deleted ones, which is linear.

    @ivar octets: what all entries cost.
    @ivar evictions: how many entries had to go for room.
    @ivar find: the entry of a key, expired or not, or None.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.octets = 0
        self.evictions = 0
        self._table: OrderedDict[bytes, Entry] = OrderedDict()
        self.find = self._table.get

    def __len__(self) -> int:
        return len(self._table)

    def put(self, key: bytes, entry: Entry, second: int) -> None:
        """Keep an entry in place of what the key had; what is larger than all room is not kept."""
        old = self._table.pop(key, None)
        if old is not None:
            self.octets -= old.octets
        if entry.octets > self.size:
            return
        self.octets += entry.octets
        if self.octets > self.size:
            self._evict(second)
        self._table[key] = entry

    def _evict(self, second: int) -> None:
        chances = _CHANCES
        while self.octets > self.size:
            key, entry = self._table.popitem(last=False)
            if entry.used and chances and entry.expires > second:
                chances -= 1
                entry.used = False
                self._table[key] = entry
            else:
                self.octets -= entry.octets
                self.evictions += 1

    def clear(self) -> None:
        """Forget everything."""
        self._table.clear()
        self.octets = 0
