"""Tests of the entries in use."""

from __future__ import annotations

import tracemalloc

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.cache.live import LiveEntries
from dotchain.stages.cache.packed import MARKS, USED, pack, unpack
from dotchain.stages.cache.store import Store
from dotchain.testing import makeAnswer, makeQuery

QUERY = makeQuery()
ANSWER = makeAnswer(QUERY, "foo.example.org. 300 IN A 192.0.2.1")
LARGE = makeAnswer(QUERY, "foo.example.org. 300 IN TXT " + " ".join(f'"{"x" * 250}"' for _ in range(20)))


class LiveTests(SynchronousTestCase):
    """Who is in use, and what becomes of him."""

    def setUp(self) -> None:
        """A table with a few answers, and room for two of them in use."""
        self.table = {key: pack(ANSWER, 1300, 30, 0) for key in (b"a", b"b", b"c")}
        self.live = LiveEntries(self.table, 1200)

    def add(self, keys: bytes) -> None:
        """Have these in use, and use them."""
        for key in keys:
            entry = unpack(bytes([key]), self.table[bytes([key])])
            self.assertTrue(self.live.add(entry))
            entry.used = True

    def used(self) -> bytes:
        """The keys whose answers in the table were used."""
        return b"".join(key for key, packed in self.table.items() if packed[MARKS] & USED)

    def test_bound(self) -> None:
        """The first one goes back into the table for the third, with what has become of it."""
        self.add(b"ab")
        self.assertEqual((set(self.live.known), self.used()), ({b"a", b"b"}, b""))
        self.add(b"c")
        self.assertEqual((set(self.live.known), self.used()), ({b"b", b"c"}, b"a"))
        self.assertLessEqual(self.live.octets, 1200)

    def test_forgotten(self) -> None:
        """Who was taken out brings nothing back over what the table has now."""
        self.add(b"ab")
        del self.live.known[b"a"], self.table[b"a"]
        self.add(b"c")
        self.assertEqual((set(self.live.known), self.used()), ({b"b", b"c"}, b""))

    def test_all(self) -> None:
        """All go back at once."""
        self.add(b"ab")
        self.live.putAllBack()
        self.assertEqual((self.live.known, self.live.octets, self.used()), ({}, 0, b"ab"))

    def test_tooLarge(self) -> None:
        """Nobody goes back for one who is too large for all room."""
        self.add(b"ab")
        self.assertFalse(self.live.add(unpack(b"d", pack(LARGE, 1300, 30, 0))))
        self.assertEqual(set(self.live.known), {b"a", b"b"})

    def test_estimate(self) -> None:
        """What Python really takes for those in use is at most a fifth above what is counted (CA12)."""
        store = Store(1 << 30)
        keys = [b"\xe7%07d.example.org\0\0\1\0\1\0\0" % number for number in range(2000)]
        for number, key in enumerate(keys):
            store.put(key, ANSWER, 1_000_000 + number, 300 + number)
        counted = store.octets
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for key in keys:
            self.assertIsNotNone(store.find(key, 0))
        taken = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        counted = store.octets - counted
        self.assertLess(taken, counted * 1.2)
        self.assertGreater(taken, counted * 0.5)
