"""Token buckets, and the table of all of them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.limit.bucket import Bucket, Buckets

EIGHTH = 0.125


class Tokens:
    """A token bucket as books have it: so many tokens, and some more as time goes by."""

    def __init__(self, interval: float, burst: int) -> None:
        self.interval, self.burst = Fraction(interval), burst
        self.tokens, self.at = Fraction(burst), Fraction(0)

    def takes(self, now: float) -> bool:
        """Whether there is one, which is taken."""
        self.tokens = min(self.tokens + (Fraction(now) - self.at) / self.interval, Fraction(self.burst))
        self.at = Fraction(now)
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class BucketTests(SynchronousTestCase):
    """L{Bucket}."""

    @given(st.integers(1, 20), st.integers(1, 40), st.lists(st.integers(0, 400), max_size=60))
    def test_model(self, eighths: int, burst: int, pauses: list[int]) -> None:
        """It gives and refuses what a token bucket gives and refuses, and has as many left."""
        interval = eighths * EIGHTH
        bucket, tokens, now = Bucket(b"", interval, burst), Tokens(interval, burst), 0.0
        for pause in pauses:
            now += pause * EIGHTH
            left = bucket.left(now)
            had = bucket.has(now)
            given_ = bucket.takes(now)
            self.assertEqual((had, given_), (given_, tokens.takes(now)))
            self.assertEqual(left - given_, int(tokens.tokens))

    @given(st.floats(0.001, 60.0), st.integers(1, 1000), st.floats(0.0, 1e7))
    def test_burst(self, interval: float, burst: int, now: float) -> None:
        """After a rest of whatever length exactly the burst is given at once, however numbers are rounded."""
        bucket = Bucket(b"", interval, burst)
        self.assertEqual([bucket.takes(now) for _ in range(burst + 2)], [True] * burst + [False] * 2)

    def test_clockOfAnother(self) -> None:
        """A time before the last one, as of who has looked at the clock earlier, makes no difference."""
        free, bucket = Bucket(b"", 0.0, 1), Bucket(b"", 1.0, 2)
        self.assertEqual([free.takes(5.0), free.takes(4.0)], [True, True])
        taken = [bucket.takes(at) for at in (5.0, 4.9999, 4.0, 5.0, 5.9)]
        self.assertEqual(taken, [True, True, False, False, False])


class BucketsTests(SynchronousTestCase):
    """L{Buckets}."""

    def setUp(self) -> None:
        """A table of 64 places, and one client who is over his limit."""
        self.buckets = Buckets(64, b"secret")
        self.greedy = self.find(b"greedy", 0.0)
        while self.greedy.takes(0.0):
            pass

    def find(self, key: bytes, now: float) -> Bucket:
        """A client's bucket of 10 a second, 50 at once."""
        return self.buckets.find(key, 0.1, 50, now)

    def test_own(self) -> None:
        """Each client finds his own again."""
        other = self.find(b"other", 0.0)
        self.assertIs(self.find(b"greedy", 1.0), self.greedy)
        self.assertIs(self.buckets.look(b"other"), other)
        self.assertIsNone(self.buckets.look(b"nobody"))

    def test_flood(self) -> None:
        """However many come with a query or two, who is over his limit is not let off."""
        for number in range(20_000):
            now = number / 10_000
            bucket = self.find(b"forged %d" % number, now)
            bucket.takes(now)
            bucket.takes(now)
            while self.greedy.takes(now):
                pass
        self.assertIs(self.find(b"greedy", 2.0), self.greedy)
        self.assertFalse(self.greedy.has(2.0))

    def test_bounded(self) -> None:
        """There are no more than there are places, and those that were forgotten early are counted."""
        found = [self.find(b"forged %d" % number, 0.0) for number in range(1000)]
        for each in found:
            if not each.gone:
                each.takes(0.0)
        self.assertLessEqual(sum(not each.gone for each in found), 63)
        self.assertEqual(self.buckets.forgotten, 0)
        self.find(b"late", 0.0)
        for number in range(64):
            self.find(b"later %d" % number, 0.0).takes(0.0)
        self.assertGreater(self.buckets.forgotten, 0)

    def test_gone(self) -> None:
        """Whoever still holds a bucket that was forgotten gets nothing by it."""
        found = [self.find(b"forged %d" % number, 0.0) for number in range(100)]
        gone = [each for each in found if each.gone]
        self.assertNotEqual(gone, [])
        self.assertFalse(any(each.takes(0.0) or each.has(1e9) for each in gone))

    def test_keyed(self) -> None:
        """Where a client's place is differs from table to table: nobody can choose who shares one."""

        def forgotten(secret: bytes) -> list[int]:
            buckets = Buckets(64, secret)
            found = [buckets.find(b"%d" % number, 1.0, 5, 0.0) for number in range(200)]
            return [number for number, each in enumerate(found) if each.gone]

        self.assertNotEqual(forgotten(b"one"), forgotten(b"another"))
