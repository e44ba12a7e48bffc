"""Tests of values: what of them is believed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.shared.signature import Signature
from dotchain.stages.shared.values import CLOCKS, LONGEST, Values
from dotchain.testing import makeAnswer, makeQuery
from dotchain.wire import Answer

KEY = b"0123456789abcdef"
OTHER = b"fedcba9876543210"
QUERY = makeQuery("www.example.org.")
ANSWER = makeAnswer(QUERY, "www.example.org. 300 IN A 192.0.2.1", "www.example.org. 60 IN A 192.0.2.2")
NOW = 1_800_000_000_123


def values(secret: bytes = b"of all machines", most: int = 86400) -> Values:
    """Those of a machine that knows this secret."""
    return Values(Signature(secret), most)


@dataclass
class Read:
    """What a machine made of octets."""

    answer: Answer | None
    left: int
    forged: int
    future: int


def read(octets: bytes, key: bytes = KEY, now: int = NOW, by: Values | None = None) -> Read:
    """Have one read them."""
    by = by or values()
    found = by.opened(key, QUERY.question, octets, now)
    return Read(found.answer if found else None, found.left(now) if found else 0, by.forged, by.future)


class ValuesTests(SynchronousTestCase):
    """What is put, and read by others."""

    def test_whole(self) -> None:
        """An answer comes back as it was put, with the time that it has left."""
        found = read(values().sealed(KEY, ANSWER, NOW - 10_001, 60, 7))
        assert found.answer is not None
        self.assertEqual((found.answer.body, found.answer.ttls), (ANSWER.body, ANSWER.ttls))
        self.assertEqual((found.answer.counts, found.answer.flags), (ANSWER.counts, ANSWER.flags))
        self.assertEqual((found.left, found.forged), (49, 0))

    def test_noName(self) -> None:
        """The name that was asked for is in no value."""
        self.assertNotIn(b"example", values().sealed(KEY, ANSWER, NOW, 60, 7))

    def test_bounds(self) -> None:
        """The longest life and the last moment that have room."""
        last = (1 << 42) - 1
        self.assertEqual(
            read(values().sealed(KEY, ANSWER, last, LONGEST, 7), now=last, by=values(most=LONGEST)).left,
            LONGEST,
        )

    def test_generation(self) -> None:
        """The last flush that was known when it was asked for comes along, however late that was."""
        for generation in (0, (1 << 63) - 1):
            found = values().opened(
                KEY, QUERY.question, values().sealed(KEY, ANSWER, NOW, 60, generation), NOW
            )
            assert found is not None
            self.assertEqual(found.generation, generation)

    def test_most(self) -> None:
        """None is believed to live longer than this machine keeps any."""
        self.assertEqual(read(values().sealed(KEY, ANSWER, NOW, 86400, 7), by=values(most=30)).left, 30)

    def test_ahead(self) -> None:
        """One whose maker's clock is ahead is as new; if that is much, it is not used and counted."""
        self.assertEqual(read(values().sealed(KEY, ANSWER, NOW + CLOCKS, 60, 7)).left, 60)
        found = read(values().sealed(KEY, ANSWER, NOW + CLOCKS + 1, 60, 7))
        self.assertEqual((found.answer, found.future, found.forged), (None, 1, 0))


class ForgeryTests(SynchronousTestCase):
    """Whoever can write into the server has nothing given out."""

    def assertForged(self, octets: bytes, key: bytes = KEY, by: Values | None = None) -> None:
        """It is not used, and counted."""
        found = read(octets, key, by=by)
        self.assertEqual((found.answer, found.forged), (None, 1))

    def test_changed(self) -> None:
        """A bit that was changed anywhere."""
        sealed = values().sealed(KEY, ANSWER, NOW, 60, 7)
        for at in range(len(sealed)):
            for bit in (1, 0x80):
                self.assertForged(sealed[:at] + bytes((sealed[at] ^ bit,)) + sealed[at + 1 :])

    def test_truncated(self) -> None:
        """One that was cut off anywhere, or has more behind it."""
        sealed = values().sealed(KEY, ANSWER, NOW, 60, 7)
        for end in range(len(sealed)):
            self.assertForged(sealed[:end])
        self.assertForged(sealed + b"\0")

    def test_moved(self) -> None:
        """That of another question."""
        self.assertForged(values().sealed(OTHER, ANSWER, NOW, 60, 7))

    def test_secret(self) -> None:
        """That of one with another secret, or with none."""
        for secret in (b"of another machine", b""):
            self.assertForged(values(secret).sealed(KEY, ANSWER, NOW, 60, 7))

    def test_replayed(self) -> None:
        """An old one that is put there again is over when it was."""
        sealed = values().sealed(KEY, ANSWER, NOW, 60, 7)
        self.assertEqual(read(sealed, now=NOW + 59_000).left, 1)
        self.assertLess(read(sealed, now=NOW + 59_001).left, 1)

    def test_version(self) -> None:
        """One of another version, be it signed rightly."""
        content = b"\2" + values().sealed(KEY, ANSWER, NOW, 60, 7)[17:]
        self.assertForged(Signature(b"of all machines").of(KEY + content) + content)

    def test_noAnswer(self) -> None:
        """Without a secret anybody may sign: what is no answer is none, whatever its octets."""
        random, sealed = Random(1), values(b"").sealed(KEY, ANSWER, NOW, 60, 7)
        for _ in range(2000):
            content = bytearray(sealed[16 : random.randrange(41, len(sealed) + 1)])
            for _ in range(random.randrange(4)):
                content[random.randrange(len(content))] = random.randrange(256)
            made = Signature(b"").of(KEY + bytes(content)) + bytes(content)
            found = read(made, by=values(b"")).answer
            self.assertTrue(found is None or (found.rcode in (0, 3) and found.ttls))
