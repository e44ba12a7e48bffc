"""Entries in use, which are served without being unpacked each time."""

from __future__ import annotations

from collections import deque
from typing import Final

from .entry import Entry
from .packed import repacked

# What one costs before its own octets are counted: Entry, Answer, their octets' objects, and its share of the
# tables. Checked by the tests.
_OVERHEAD: Final = 512
_EACH_TTL: Final = 8 + 28


class LiveEntries:
    """
    Entries that were unpacked lately, up to a bound; the one that has been here for longest goes
    back into the table for one that comes.

    @ivar known: the entries by their keys, to be read directly, and to be taken out of where the table gets
        something else. Who was taken out is counted until his turn comes, as he is held until then.
    @ivar octets: what they cost beside what the table has of them.
    """

    def __init__(self, table: dict[bytes, bytes], room: int) -> None:
        """
        @param table: what is kept of all entries, these among them.
        @param room: octets that they may cost.
        """
        self.octets = 0
        self.known: dict[bytes, Entry] = {}
        self._table = table
        self._room = room
        self._order: deque[Entry] = deque()

    def add(self, entry: Entry) -> bool:
        """Have one more, which was just unpacked. Tells whether there is room for it at all."""
        octets = _cost(entry)
        if octets > self._room:
            return False
        self.octets += octets
        while self.octets > self._room:
            self._putBack()
        self.known[entry.key] = entry
        self._order.append(entry)
        return True

    def putAllBack(self) -> None:
        """Have none."""
        while self._order:
            self._putBack()

    def _putBack(self) -> None:
        """Put the one that has been here for longest back into the table."""
        entry = self._order.popleft()
        self.octets -= _cost(entry)
        key = entry.key
        if self.known.get(key) is entry:
            del self.known[key]
            self._table[key] = repacked(self._table[key], entry)


def _cost(entry: Entry) -> int:
    """Octets that it takes beside what is packed: the same as long as it is here."""
    answer = entry.current
    texts = sum(128 + len(text) for _, text in answer.errors) if answer.errors else 0
    return _OVERHEAD + len(answer.body) + _EACH_TTL * len(answer.ttls) + texts
