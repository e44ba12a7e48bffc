"""Tests of the octet-bounded store."""

from __future__ import annotations

import tracemalloc

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.store import Entry, Store
from dotchain.wire import Answer

from ..fakes import makeAnswer, makeQuery

_QUERY = makeQuery()
_ANSWER = makeAnswer(_QUERY, "foo.example.org. 300 IN A 192.0.2.1")


def _entry(key: bytes, life: int = 300, answer: Answer = _ANSWER) -> Entry:
    return Entry(key, answer, 0, life)


class StoreTests(SynchronousTestCase):
    """What is kept, what goes, and how it is counted."""

    def setUp(self) -> None:
        """Room for four entries."""
        self.each = _entry(b"a").octets
        self.store = Store(self.each * 4)

    def put(self, keys: bytes, second: int = 0) -> None:
        """Keep an entry for each of these one-octet keys."""
        for key in keys:
            self.store.put(bytes([key]), _entry(bytes([key])), second)

    def kept(self) -> bytes:
        """The keys that are kept, of those that tests use."""
        return bytes(key for key in b"abcdefghijxyz" if self.store.find(bytes([key])))

    def test_room(self) -> None:
        """All that fits is kept and counted."""
        self.put(b"abcd")
        self.assertEqual(self.kept(), b"abcd")
        self.assertEqual((len(self.store), self.store.octets, self.store.evictions), (4, self.each * 4, 0))

    def test_oldestGoes(self) -> None:
        """Where room runs out the oldest unused entry goes, not the newest."""
        self.put(b"abcdef")
        self.assertEqual(self.kept(), b"cdef")
        self.assertEqual((self.store.octets, self.store.evictions), (self.each * 4, 2))

    def test_usedStays(self) -> None:
        """An entry in use outlives a burst of names that nobody asks twice (CA12)."""
        self.put(b"abcd")
        for key in b"efghij":
            used = self.store.find(b"b")
            assert used is not None
            used.used = True
            self.put(bytes([key]))
        self.assertIn(b"b", self.kept())
        self.assertEqual(len(self.store), 4)

    def test_secondChanceIsOne(self) -> None:
        """What is not used again after its second chance goes as all others."""
        self.put(b"abcd")
        once = self.store.find(b"a")
        assert once is not None
        once.used = True
        self.put(b"efgh")
        self.assertNotIn(b"a", self.kept())

    def test_allUsed(self) -> None:
        """Room is found even where every entry is in use."""
        self.put(b"abcd")
        for key in b"abcd":
            entry = self.store.find(bytes([key]))
            assert entry is not None
            entry.used = True
        self.put(b"x")
        self.assertEqual((len(self.store), self.store.octets), (4, self.each * 4))
        self.assertIn(b"x", self.kept())

    def test_boundedWork(self) -> None:
        """Where all of many are in use, one put passes by a few of them and not by all (CA12)."""
        store = Store(self.each * 200)
        entries = [_entry(b"x") for _ in range(200)]
        for number, entry in enumerate(entries):
            entry.used = True
            store.put(b"%d" % number, entry, 0)
        store.put(b"y", _entry(b"y"), 0)
        self.assertEqual((len(store), store.evictions), (200, 1))
        self.assertGreater(sum(entry.used for entry in entries), 150)

    def test_expiredHasNoSecondChance(self) -> None:
        """An expired entry goes first even if it was in use (RFC 8767 section 6)."""
        self.store.put(b"a", _entry(b"a", life=5), 0)
        self.put(b"bcd")
        expired = self.store.find(b"a")
        assert expired is not None
        expired.used = True
        self.put(b"x", second=5)
        self.assertEqual(self.kept(), b"bcdx")

    def test_replaced(self) -> None:
        """A new entry takes the place of the old one; octets are counted once."""
        self.put(b"aab")
        self.assertEqual((len(self.store), self.store.octets), (2, self.each * 2))

    def test_replacedByLonger(self) -> None:
        """The difference in length between an old and a new entry is counted."""
        self.put(b"a")
        longer = makeAnswer(_QUERY, *[f"foo.example.org. 300 IN A 192.0.2.{i}" for i in range(3)])
        entry = _entry(b"a", answer=longer)
        self.store.put(b"a", entry, 0)
        self.assertGreater(entry.octets, self.each)
        self.assertEqual(self.store.octets, entry.octets)

    def test_tooLarge(self) -> None:
        """What is larger than all room is not kept, and nothing goes for it but its forerunner."""
        self.put(b"ab")
        text = " ".join(f'"{"x" * 250}"' for _ in range(20))
        large = makeAnswer(_QUERY, f"foo.example.org. 300 IN TXT {text}")
        self.store.put(b"a", _entry(b"a", answer=large), 0)
        self.assertEqual(self.kept(), b"b")
        self.assertEqual((self.store.octets, self.store.evictions), (self.each, 0))

    def test_clear(self) -> None:
        """Nothing is left, and there is room again."""
        self.put(b"abcd")
        self.store.clear()
        self.assertEqual((len(self.store), self.store.octets, self.kept()), (0, 0, b""))
        self.put(b"x")
        self.assertEqual(self.kept(), b"x")

    def test_estimate(self) -> None:
        """What Python really takes is at most a fifth above what is counted (CA12)."""
        store, body = Store(1 << 30), _ANSWER.body
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(2000):
            key = b"%07d.example.org" % number
            ttls = tuple([at + number - number for at in _ANSWER.ttls])
            mine = Answer(0, 0, bytes(bytearray(6)), bytes(bytearray(body)), ttls)
            store.put(key, Entry(key, mine, 0, 300), 0)
        taken = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        self.assertLess(taken, store.octets * 1.2)
        self.assertGreater(taken, store.octets * 0.5)
