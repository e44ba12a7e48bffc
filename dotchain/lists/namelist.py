"""Names by the million, found by their wire form."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from ..wire.depth import depth, has, having
from .expressions import Expressions

if TYPE_CHECKING:
    from mypy_extensions import i64

ITSELF: Final = 1
BELOW: Final = 2
WITHIN: Final = ITSELF | BELOW
"""What an entry is about: the name itself, what is below it, or both."""

_PARTS: Final = 1024
_OCTETS: Final = 12
_ENTRY: Final = Struct("<qI")
_MOST_LINES: Final = (1 << 30) - 1


class NameList:
    """
    Names, each with the line that it stands in: L{add} them all, L{settle} until nothing is left to do, then
    L{find}.

    Of a name nothing is kept but Python's hash of 64 bits: SipHash, with a key that is drawn when the process
    starts, so that nobody can make names that collide. A name that is none of a million is found with a
    chance of 5e-14 for each of its labels: at a thousand names a second, once in a hundred years.

    The hashes are in 1024 parts, so that to put those of a part in their places takes a millisecond for a
    million names. A part is a table with open addressing (linear probing, two thirds full): one octet of the
    hash for each slot, which tells nearly all names that are not there, and 12 more for the hash and the
    line. That is 20 octets a name, and 0.6 µs a look-up in a million. A trie (marisa-trie) of the same names
    takes a tenth of the memory, but 1.8 µs for a name that is there, and is made in one call: of a second,
    with 165 MB, in which nobody is answered.

    @ivar count: names added, equal ones counted each time.
    """

    def __init__(self) -> None:
        self.count = 0
        self._expressions = Expressions()
        self._gathered: list[bytearray] = [bytearray() for _ in range(_PARTS)]
        # How deep names are that are entries themselves, and those that have entries below them.
        self._own: i64 = 0
        self._above: i64 = 0
        self._tags: list[bytes] = [b""] * _PARTS
        self._entries: list[bytes] = [b""] * _PARTS

    def add(self, name: bytes, ways: int, line: int) -> None:
        """
        Add a name, which is found once all are settled; of equal ones the first counts.

        @param name: in wire form, in lower case.
        @param ways: L{ITSELF}, L{BELOW} or L{WITHIN}.
        @param line: from 1.
        """
        found: i64 = hash(name)
        labels = depth(name)
        if ways & ITSELF:
            self._own = having(self._own, labels)
        if ways & BELOW:
            self._above = having(self._above, labels)
        self._gathered[found >> 54 & _PARTS - 1] += _ENTRY.pack(found, min(line, _MOST_LINES) << 2 | ways)
        self.count += 1

    def addExpression(self, text: bytes, line: int) -> None:
        """
        Add a regular expression: see L{Expressions.add<dotchain.lists.expressions.Expressions.add>}.

        @raise ValueError: where it can't be kept.
        """
        self._expressions.add(text, line)
        self.count += 1

    def settle(self) -> bool:
        """Put a thousandth of the names in their places; False where all are."""
        gathered = self._gathered
        while gathered:
            part = gathered.pop()
            if part:
                place = len(gathered)
                self._tags[place], self._entries[place] = _placed(part)
                return True
        return False

    @property
    def octets(self) -> int:
        """What the names take, once they are settled."""
        return sum([len(each) for each in self._tags]) + sum([len(each) for each in self._entries])

    def find(self, name: bytes) -> int:
        """
        The line of the entry that a name falls under, the most specific one; 0 for none.

        @param name: in wire form, in lower case.
        """
        if not self.count:
            return 0
        left = depth(name)
        line = self._line(name, ITSELF) if has(self._own, left) else 0
        above = self._above
        offset: i64 = 0
        length: i64 = name[0]
        while not line and length:
            offset += length + 1
            left -= 1
            if has(above, left):
                line = self._line(name[offset:], BELOW)
            length = name[offset]
        return line or self._expressions.find(name)

    def _line(self, name: bytes, way: i64) -> i64:
        found: i64 = hash(name)
        part = found >> 54 & _PARTS - 1
        tags = self._tags[part]
        size: i64 = len(tags)
        if not size:
            return 0
        slot, tag = _slot(found, size), _tag(found)
        kept: i64 = tags[slot]
        while kept:
            if kept == tag:
                entries = self._entries[part]
                at = slot * _OCTETS
                what = _number(entries, at + 8)
                if what & way and _isThere(entries, at, found):
                    return what >> 2
            slot = slot + 1 if slot + 1 < size else 0
            kept = tags[slot]
        return 0


def _slot(found: i64, size: i64) -> i64:
    """Where the search for a hash begins: its low 32 bits, as a fraction of the size."""
    return (found & 0xFFFFFFFF) * size >> 32


def _tag(found: i64) -> i64:
    """The octet of a hash that its slot has; 0 is that of an empty one."""
    return found >> 40 & 255 or 1


def _isThere(entries: bytes, at: i64, found: i64) -> bool:
    return _number(entries, at) == found & 0xFFFFFFFF and _number(entries, at + 4) == found >> 32 & 0xFFFFFFFF


def _number(octets: bytes, at: i64) -> i64:
    first: i64 = octets[at]
    second: i64 = octets[at + 1]
    third: i64 = octets[at + 2]
    fourth: i64 = octets[at + 3]
    return first | second << 8 | third << 16 | fourth << 24


def _placed(gathered: bytearray) -> tuple[bytes, bytes]:
    """The table of a part: a tag and an entry for each slot, one of which at least is empty."""
    count: i64 = len(gathered) // _OCTETS
    if not count:
        return b"", b""
    size = count * 3 // 2 + 1
    tags, entries = bytearray(size), bytearray(size * _OCTETS)
    for found, what in _ENTRY.iter_unpack(gathered):
        slot = _free(tags, entries, found, what)
        if slot >= 0:
            tags[slot] = _tag(found)
            _ENTRY.pack_into(entries, slot * _OCTETS, found, what)
    return bytes(tags), bytes(entries)


def _free(tags: bytearray, entries: bytearray, found: i64, what: i64) -> i64:
    """The slot for an entry; -1 where an earlier one says as much."""
    size: i64 = len(tags)
    slot, tag = _slot(found, size), _tag(found)
    while tags[slot]:
        if tags[slot] == tag:
            known, before = _ENTRY.unpack_from(entries, slot * _OCTETS)
            if known == found and before & what & WITHIN == what & WITHIN:
                return -1
        slot = slot + 1 if slot + 1 < size else 0
    return slot
