"""Entries by key, bounded in octets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .denials import Denials
from .entry import Entry
from .evictionqueue import EvictionQueue

if TYPE_CHECKING:
    from ...wire import Answer

# How many entries in use one eviction may pass by: the worst case of a single put.
_CHANCES = 32
# The parts of all room that are for entries on trial, and for negative ones.
_TRIAL = 1 / 10
_NEGATIVE = 1 / 4


class Store:
    """
    A table of entries, and the order in which they go when room runs out.

    New entries are on trial in a tenth of the room, and go first; those that were used
    by then are established. There the oldest goes, unless it was used since it last
    stood in front: then it joins the end again. A burst of names that nobody asks twice
    so passes through the tenth, and all others stay (S3-FIFO without its ghosts). Negative
    answers have a queue of their own and at most a quarter of the room, so that names made
    up at random wash out no others.

    @ivar octets: what all entries cost.
    @ivar evictions: how many entries had to go for room.
    @ivar flushes: how often some were forgotten at once.
    @ivar denials: the names that don't exist, by the entries that say so.
    @ivar table: the entries by their keys, expired ones among them, to be read directly.
    """

    def __init__(self, size: int, denials: Denials | None = None) -> None:
        """@param size: octets that all entries together may cost."""
        self.size = size
        self.octets = 0
        self.evictions = self.flushes = 0
        self.denials = denials or Denials()
        self.table: dict[bytes, Entry] = {}
        self._trial, self._established, self._negative = EvictionQueue(), EvictionQueue(), EvictionQueue()
        self._mostTrial, self._mostNegative = int(size * _TRIAL), int(size * _NEGATIVE)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def negativeOctets(self) -> int:
        """What negative ones among them cost."""
        return self._negative.octets

    def put(
        self,
        key: bytes,
        answer: Answer,
        second: int,
        life: int,
        negative: bool = False,
        failures: int = 0,
        lead: int = 0,
    ) -> None:
        """
        Keep an answer in place of what the key had; see L{Entry}. What is larger than all
        room is not kept.
        """
        old = self.table.get(key)
        if old is not None:
            if old.negative is negative:
                self._refill(old, answer, second, life, failures, lead)
                return
            self.discard(old)
        entry = Entry(key, answer, second, life, negative, failures, lead)
        octets = entry.octets
        if octets > (self._mostNegative if negative else self.size):
            return
        if self.octets + octets > self.size or negative:
            self._makeRoom(octets, second, negative)
        self.octets += octets
        self.table[key] = entry
        if negative:
            self._negative.add(entry)
            self.denials.add(entry)
        else:
            self._trial.add(entry)

    def _refill(self, entry: Entry, answer: Answer, second: int, life: int, failures: int, lead: int) -> None:
        """What is asked for again is in use, and so keeps its place."""
        queue, before = entry.queue, entry.octets
        assert queue is not None
        if entry.negative:
            self.denials.discard(entry)
        entry.fill(answer, second, life, failures, lead)
        entry.used = True
        if entry.negative:
            self.denials.add(entry)
        queue.octets += entry.octets - before
        self.octets += entry.octets - before
        if entry.octets > (self._mostNegative if entry.negative else self.size):
            self.discard(entry)
        else:
            self._makeRoom(0, second, entry.negative)

    def _makeRoom(self, octets: int, second: int, negative: bool) -> None:
        while negative and self._negative.octets + octets > self._mostNegative:
            self._evict(self._negative, second)
        while self.octets + octets > self.size:
            self._evict(self._next(second), second)

    def _next(self, second: int) -> EvictionQueue:
        """The queue that the next one goes from."""
        if self._negative.octets:
            first = self._negative.first
            if first is not None and first.expires <= second:
                return self._negative
        if self._trial.octets > self._mostTrial:
            return self._trial
        queues = (self._established, self._trial, self._negative)
        return next(queue for queue in queues if queue.octets)

    def _evict(self, queue: EvictionQueue, second: int) -> None:
        """Let the first of a queue go, but for a while not those that were used."""
        chances = _CHANCES
        while (entry := queue.pop()) is not None:
            if not entry.used or entry.expires <= second or not chances:
                self.evictions += 1
                self._forget(entry)
                return
            chances -= 1
            entry.used = False
            (self._established if queue is self._trial else queue).add(entry)

    def _forget(self, entry: Entry) -> None:
        """Know nothing more of an entry that stands nowhere."""
        del self.table[entry.key]
        self.octets -= entry.octets
        if entry.negative:
            self.denials.discard(entry)

    def discard(self, entry: Entry) -> None:
        """Forget an entry, which must be here."""
        queue = entry.queue
        assert queue is not None
        self._forget(entry)
        queue.leave(entry)

    def discardAll(self, matches: Callable[[bytes], bool]) -> int:
        """Forget all whose keys match; about 0.1 s for a million keys. Tells how many."""
        self.flushes += 1
        found = [entry for key, entry in self.table.items() if matches(key)]
        for entry in found:
            self.discard(entry)
        return len(found)

    def entries(self) -> list[Entry]:
        """All of them."""
        return list(self.table.values())
