"""Answers by key, bounded in octets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from ...wire.errors import FormatError
from .deniednames import DeniedNames
from .evictionorder import EvictionOrder
from .live import LiveEntries
from .packed import DENIES, ESTABLISHED, MARKS, NEGATIVE, USED, cost, expiry, marked, pack, unpack

if TYPE_CHECKING:
    from ...wire import Answer
    from .entry import Entry
    from .evictionqueue import EvictionQueue

# How many answers in use one eviction may pass by: the worst case of a single put.
_CHANCES: Final = 32
# From this part of all on it is less work to go through all queues once.
_MANY: Final = 8
# The part of all room that is for entries in use, and the most octets: 7,000 of one address. More would save
# nothing, since fronts remember what is asked for again in the same second.
_LIVE: Final = 1 / 8
_MOST_LIVE: Final = 4 << 20


class Store:
    """
    A table of answers as octets, the entries of those in use, and the order in which they go when
    room runs out.

    @ivar evictions: how many answers had to go for room.
    @ivar flushes: how often some were forgotten at once.
    @ivar denied: the names that don't exist, by the answers that say so.
    @ivar table: the answers by their keys, expired ones among them, as L{pack} makes them.
    @ivar live: those in use, by their keys, to be read directly; they stand in the table, too, as they
        were before.
    """

    def __init__(self, size: int) -> None:
        """@param size: octets that all answers together may cost."""
        self.evictions = self.flushes = 0
        self.denied = DeniedNames()
        self.table: dict[bytes, bytes] = {}
        forLive = min(int(size * _LIVE), _MOST_LIVE)
        self._live = LiveEntries(self.table, forLive)
        self.live = self._live.known
        self._room, self._octets = size - forLive, 0
        self._order = EvictionOrder(self.table, self._room)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def octets(self) -> int:
        """What all answers cost."""
        return self._octets + self._live.octets

    @property
    def negativeOctets(self) -> int:
        """What negative ones among them cost."""
        return self._order.negative.octets

    def find(self, key: bytes, since: int) -> Entry | None:
        """
        The entry of a key as one in use, to be changed at will.

        @param since: what was over by this second is None, unless it is in use.
        @return: where there is no room for one so large among those in use, a copy: nothing of it is
            kept but that it was used.
        """
        entry = self.live.get(key)
        if entry is not None:
            return entry
        packed = self.table.get(key)
        if packed is None or expiry(packed) <= since:
            return None
        entry = self._unpacked(key, packed)
        if entry is not None and not self._live.add(entry):
            self.table[key] = marked(packed, packed[MARKS] | USED)
        return entry

    def _unpacked(self, key: bytes, packed: bytes) -> Entry | None:
        """The entry; what a stage has made whose counts are not those of its records is forgotten."""
        try:
            return unpack(key, packed)
        except (FormatError, IndexError):
            self.discard(key)
            return None

    def look(self, key: bytes) -> Entry | None:
        """The entry of a key, or a copy that nobody sees changes of."""
        packed = self.table.get(key)
        return None if packed is None else self.live.get(key) or self._unpacked(key, packed)

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

        @param failures: 15 at the most.
        """
        old = self.table.get(key)
        if old is not None:
            if bool(old[MARKS] & NEGATIVE) is negative:
                # What is asked for again is in use, and so keeps its place.
                marks = old[MARKS] & (ESTABLISHED | NEGATIVE) | USED
                self._refill(key, old, pack(answer, second + life, lead, marks, failures), second)
                return
            self.discard(key)
        packed = pack(answer, second + life, lead, NEGATIVE if negative else 0, failures)
        octets = cost(key, packed)
        if octets > (self._order.mostNegative if negative else self._room):
            return
        if negative or self._octets + octets > self._room:
            self._makeRoom(octets, second, negative)
        self._octets += octets
        self.table[key] = packed
        if not negative:
            self._order.trial.add(key, octets)
            return
        self._order.negative.add(key, octets)
        if packed[MARKS] & DENIES:
            self.denied.add(key)

    def _refill(self, key: bytes, old: bytes, packed: bytes, second: int) -> None:
        """Put another answer into the place of an old one."""
        queue, octets, negative = self._order.of(old), cost(key, packed), bool(old[MARKS] & NEGATIVE)
        more = octets - cost(key, old)
        self.live.pop(key, None)
        self.table[key] = packed
        queue.octets += more
        self._octets += more
        if old[MARKS] & DENIES:
            self.denied.discard(key)
        if packed[MARKS] & DENIES:
            self.denied.add(key)
        if octets > (self._order.mostNegative if negative else self._room):
            self.discard(key)
        else:
            self._makeRoom(0, second, negative)

    def _makeRoom(self, octets: int, second: int, negative: bool) -> None:
        while negative and self._order.negative.octets + octets > self._order.mostNegative:
            self._evict(self._order.negative, second)
        while self._octets + octets > self._room:
            self._evict(self._order.next(second), second)

    def _evict(self, queue: EvictionQueue, second: int) -> None:
        """Let the first of a queue go, but for a while not those that were used."""
        chances = _CHANCES
        while (key := queue.pop()) is not None:
            packed = self.table[key]
            octets = cost(key, packed)
            queue.octets -= octets
            entry = self.live.get(key)
            used = bool(packed[MARKS] & USED) if entry is None else entry.used
            if not used or not chances or expiry(packed) <= second:
                self.evictions += 1
                self._forget(key, packed, octets)
                return
            chances -= 1
            if entry is not None:
                entry.used = False
            self._addAgain(key, packed, octets)

    def _addAgain(self, key: bytes, packed: bytes, octets: int) -> None:
        """An answer that was used is not on trial any more; it is as if it were not used."""
        negative = packed[MARKS] & NEGATIVE
        packed = marked(packed, packed[MARKS] & ~USED | (0 if negative else ESTABLISHED))
        self.table[key] = packed
        self._order.of(packed).add(key, octets)

    def _forget(self, key: bytes, packed: bytes, octets: int) -> None:
        """Know nothing more of an answer that stands nowhere."""
        del self.table[key]
        self.live.pop(key, None)
        self._octets -= octets
        if packed[MARKS] & DENIES:
            self.denied.discard(key)

    def discard(self, key: bytes) -> None:
        """Forget an answer, which must be here."""
        packed = self.table[key]
        octets = cost(key, packed)
        self._order.of(packed).leave(key, octets)
        self._forget(key, packed, octets)

    def discardAll(self, matches: Callable[[bytes], bool]) -> int:
        """Forget all whose keys match; about 0.1 s for a million keys. Tells how many."""
        self.flushes += 1
        self._live.putAllBack()
        found = [key for key in self.table if matches(key)]
        few = len(found) * _MANY < len(self.table)
        for key in found:
            packed = self.table[key]
            octets, queue = cost(key, packed), self._order.of(packed)
            if few:
                queue.leave(key, octets)
            else:
                queue.octets -= octets
            self._forget(key, packed, octets)
        if not few:
            self._order.sweep()
        return len(found)

    def entries(self) -> Iterator[Entry]:
        """All that are there now, but for those that have gone when it is their turn."""
        for key in list(self.table):
            entry = self.look(key)
            if entry is not None:
                yield entry
