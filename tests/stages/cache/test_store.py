"""Tests of the octet-bounded store."""

from __future__ import annotations

import tracemalloc

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.cache.store import Store
from dotchain.testing import SOA, makeAnswer, makeQuery
from dotchain.wire import Answer
from dotchain.wire.codes import NXDOMAIN

QUERY = makeQuery()
ANSWER = makeAnswer(QUERY, "foo.example.org. 300 IN A 192.0.2.1")
NEGATIVE = makeAnswer(QUERY, authority=[SOA], rcode=NXDOMAIN)
LARGE = makeAnswer(QUERY, "foo.example.org. 300 IN TXT " + " ".join(f'"{"x" * 250}"' for _ in range(20)))


def cost(answer: Answer = ANSWER, negative: bool = False) -> int:
    """Octets of an entry with a key of one octet."""
    store = Store(1 << 20)
    store.put(b"a", answer, 0, 300, negative)
    return store.octets


def storeFor(octets: int) -> Store:
    """A store with room for answers that cost so much, beside what is for those in use."""
    return Store(-(-octets * 8 // 7))


class StoreTests(SynchronousTestCase):
    """What is kept, what goes, and how it is counted."""

    def setUp(self) -> None:
        """Room for ten entries, one of them on trial."""
        self.each = cost()
        self.store = storeFor(self.each * 10)

    def put(self, keys: bytes, second: int = 0, life: int = 300) -> None:
        """Keep an entry for each of these one-octet keys."""
        for key in keys:
            self.store.put(bytes([key]), ANSWER, second, life)

    def use(self, keys: bytes) -> None:
        """Use these entries."""
        for key in keys:
            entry = self.store.find(bytes([key]), 0)
            assert entry is not None
            entry.used = True

    def kept(self) -> bytes:
        """The keys that are kept."""
        return bytes(sorted(key[0] for key in self.store.table))

    def test_room(self) -> None:
        """All that fits is kept and counted."""
        self.put(b"abcdefghij")
        self.assertEqual(self.kept(), b"abcdefghij")
        self.assertEqual((len(self.store), self.store.octets), (10, self.each * 10))
        self.assertEqual(self.store.evictions, 0)

    def test_oldestGoes(self) -> None:
        """Where room runs out the oldest unused entry goes, not the newest."""
        self.put(b"abcdefghijkl")
        self.assertEqual(self.kept(), b"cdefghijkl")
        self.assertEqual((self.store.octets, self.store.evictions), (self.each * 10, 2))

    def test_usedStays(self) -> None:
        """An entry in use outlives a burst of names that nobody asks twice (CA12)."""
        self.put(b"ab")
        for key in range(100, 200):
            self.use(b"b")
            self.put(bytes([key]))
        self.assertIn(b"b", self.kept())
        self.assertEqual(len(self.store), 10)

    def test_establishedStay(self) -> None:
        """What was used before a burst outlives it, even if nobody asks for it meanwhile."""
        self.put(b"abcdefgh")
        self.use(b"abcde")
        self.put(bytes(range(100, 250)))
        self.assertEqual(self.kept()[:5], b"abcde")

    def test_establishedGo(self) -> None:
        """Of those that are established, who is not used again makes room for others in use."""
        self.put(b"abcdefghij")
        self.use(b"abcdefghij")
        self.put(b"k")
        for key in b"lmnopqrst":
            self.use(b"bk")
            self.put(bytes([key]))
            self.use(bytes([key]))
        self.assertEqual({*b"bk"} - {*self.kept()}, set())
        self.assertNotIn(b"a", self.kept())

    def test_expiredGoesFirst(self) -> None:
        """An entry that has expired has no second chance, used or not (RFC 8767 section 6)."""
        self.put(b"a", life=5)
        self.put(b"bcdefghij")
        self.use(b"abcdefghij")
        self.put(b"k", second=5)
        self.assertEqual(self.kept(), b"bcdefghijk")

    def test_allUsed(self) -> None:
        """Where all are in use one goes all the same, and a put looks at a bounded number."""
        store = storeFor(self.each * 200)
        for number in range(200):
            store.put(b"%d" % number, ANSWER, 0, 300)
        for key in store.table:
            entry = store.find(key, 0)
            assert entry is not None
            entry.used = True
        store.put(b"x", ANSWER, 0, 300)
        self.assertIsNotNone(store.look(b"x"))
        self.assertGreater(sum(entry.used for entry in store.entries()), 100)

    def test_replaced(self) -> None:
        """A key has one entry; what it costs is counted once."""
        self.put(b"aaab")
        self.assertEqual((len(self.store), self.store.octets), (2, self.each * 2))
        store = Store(1 << 20)
        for answer in (ANSWER, LARGE, ANSWER):
            store.put(b"a", answer, 0, 300)
            self.assertEqual(store.octets, cost(answer))

    def test_otherSort(self) -> None:
        """A key that had data and has none now, and vice versa, has the new entry alone."""
        for _ in range(200):
            self.put(b"a")
            self.assertEqual((self.store.octets, self.store.negativeOctets), (self.each, 0))
            self.store.put(b"a", NEGATIVE, 0, 300, negative=True)
            self.assertEqual(self.store.octets, self.store.negativeOctets)
            self.assertEqual(len(self.store), 1)

    def test_tooLarge(self) -> None:
        """What is larger than all room is not kept, and nothing goes for it but its forerunner."""
        store = storeFor(self.each * 4)
        for key in (b"a", b"b"):
            store.put(key, ANSWER, 0, 300)
        store.put(b"a", LARGE, 0, 300)
        store.put(b"c", LARGE, 0, 300)
        self.assertEqual(list(store.table), [b"b"])
        self.assertEqual((store.octets, store.evictions), (self.each, 0))

    def test_negativeShare(self) -> None:
        """Negative answers take a quarter at the most, however many come; all others stay (CA12)."""
        store = storeFor(self.each * 100)
        for number in range(70):
            store.put(b"p%d" % number, ANSWER, 0, 300)
        for number in range(1000):
            store.put(b"n%d" % number, NEGATIVE, 0, 300, negative=True)
        self.assertLessEqual(store.negativeOctets, self.each * 25)
        self.assertGreater(store.negativeOctets, self.each * 20)
        self.assertEqual(sum(not entry.negative for entry in store.entries()), 70)
        self.assertIsNotNone(store.look(b"n999"))
        self.assertEqual(len(store.denied.known), len(store) - 70)

    def test_negativeExpired(self) -> None:
        """Negative answers whose time is over don't keep the room."""
        store = storeFor(self.each * 100)
        for number in range(20):
            store.put(b"n%d" % number, NEGATIVE, 0, 5, negative=True)
        for number in range(200):
            store.put(b"p%d" % number, ANSWER, 5, 300)
        self.assertEqual((store.negativeOctets, len(store) > 97), (0, True))

    def test_discardAll(self) -> None:
        """What matches is gone for good, and there is room again."""
        self.put(b"abcdefghij")
        self.assertEqual(self.store.discardAll(lambda key: key in b"bcdefghi"), 8)
        self.assertEqual((self.kept(), self.store.octets), (b"aj", self.each * 2))
        self.put(b"rstuvwxy")
        self.assertEqual(self.kept(), b"ajrstuvwxy")
        self.assertEqual(self.store.evictions, 0)

    def test_inUse(self) -> None:
        """What is found is in use: it is there again as it was left, until something takes its place."""
        self.store = storeFor(self.each * 100)
        self.put(b"ab")
        found = self.store.find(b"a", 0)
        assert found is not None
        found.recheckAt = 7
        self.assertIs(self.store.find(b"a", 1000), found)
        self.assertIs(self.store.look(b"a"), found)
        self.put(b"a", second=10)
        again = self.store.look(b"a")
        assert again is not None
        self.assertEqual((again.expires, again.recheckAt, again.used), (310, 0, True))

    def test_over(self) -> None:
        """What was over by some second can be left alone, and looking at it brings nothing into use."""
        self.put(b"a", life=5)
        self.assertIsNone(self.store.find(b"a", 5))
        before = self.store.octets
        self.assertIsNotNone(self.store.look(b"a"))
        self.assertEqual((self.store.octets, self.store.live), (before, {}))
        self.assertIsNone(self.store.look(b"b"))

    def test_inUseTooLarge(self) -> None:
        """Where an answer is too large for those in use it is given out, and counts as used."""
        store = Store(2 * cost(LARGE))
        store.put(b"a", LARGE, 0, 300)
        found = store.find(b"a", 0)
        assert found is not None
        self.assertEqual((found.current.body, store.live), (LARGE.body, {}))
        looked = store.look(b"a")
        self.assertTrue(looked is not None and looked.used)

    def test_flushedInUse(self) -> None:
        """A flush leaves nothing in use either."""
        self.store = storeFor(self.each * 100)
        self.put(b"ab")
        self.use(b"ab")
        self.assertEqual(len(self.store.live), 2)
        self.assertEqual(self.store.discardAll(lambda key: key == b"a"), 1)
        self.assertEqual((self.kept(), self.store.live, self.store.octets), (b"b", {}, self.each))
        looked = self.store.look(b"b")
        self.assertTrue(looked is not None and looked.used)

    def test_churn(self) -> None:
        """Entries that come and go in any order leave nothing behind in the queues."""
        for number in range(10_000):
            key = b"%d" % (number % 7)
            if key in self.store.table:
                self.store.discard(key)
            self.store.put(key, ANSWER, 0, 300)
        self.assertEqual((len(self.store), self.store.octets), (7, self.each * 7))
        self.assertLess(len(self.store._order.trial._queue), 200)

    def test_estimate(self) -> None:
        """What Python really takes is at most a fifth above what is counted (CA12)."""
        for answer, negative in ((ANSWER, False), (NEGATIVE, True)):
            store, body = Store(1 << 30), answer.body
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
            for number in range(2000):
                key = b"\xe7%07d.example.org\0\0\1\0\1\0\0" % number
                ttls = tuple([at + number - number for at in answer.ttls])
                counts = bytes(bytearray(answer.counts))
                mine = Answer(0, answer.rcode, counts, bytes(bytearray(body)), ttls)
                store.put(key, mine, 1_000_000 + number, 300 + number, negative)
            taken = tracemalloc.get_traced_memory()[0] - before
            tracemalloc.stop()
            self.assertLess(taken, store.octets * 1.2)
            self.assertGreater(taken, store.octets * 0.5)

    def test_notWhole(self) -> None:
        """A stage's own answer that has fewer records than it says is forgotten, and no error."""
        broken = Answer(0, 0, b"\0\2\0\0\0\0", ANSWER.body, ANSWER.ttls)
        for ask in (
            lambda: self.store.find(b"a", 0),
            lambda: self.store.look(b"a"),
            lambda: [*self.store.entries()],
        ):
            self.store.put(b"a", broken, 0, 300)
            self.assertFalse(ask())
            self.assertEqual((len(self.store), self.store.octets), (0, 0))
