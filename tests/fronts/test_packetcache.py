"""Responses remembered for the rest of one second, and a little of the next."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.packetcache import PacketCache
from dotchain.testing import makeAnswer, makeQuery
from dotchain.wire import Answer
from dotchain.wire.codes import EDE_STALE, SERVFAIL

_ASKED = makeQuery()


def _answer(*ttls: int) -> Answer:
    """An answer with a record for each of these TTLs."""
    return makeAnswer(_ASKED, additional=[f"n{ttl}.example.org. {ttl} IN A 192.0.2.1" for ttl in ttls])


_LONG = _answer(300)


class PacketCacheCase(SynchronousTestCase):
    """A packet cache in the middle of a second."""

    def setUp(self) -> None:
        """Nothing remembered yet."""
        self.clock = Clock()
        self.clock.advance(7.25)
        self.packetCache: PacketCache[str] = PacketCache(self.clock.seconds)
        self.packetCache.tick()

    def keep(self, *names: bytes, answer: Answer | None = None) -> None:
        """Remember these; where nothing else is said, with a TTL of 300."""
        for name in names:
            self.packetCache.keep(name, b"a", "r", answer or _LONG)

    def later(self, seconds: float) -> set[bytes]:
        """What is known then."""
        self.clock.advance(seconds)
        self.packetCache.tick()
        return set(self.packetCache.known)


class PacketCacheTests(PacketCacheCase):
    """L{PacketCache}."""

    def test_oneSecond(self) -> None:
        """What is kept is known until the second is over, not for a second."""
        self.keep(b"q")
        self.assertEqual(self.later(0.5), {b"q"})
        self.assertEqual(self.packetCache.known[b"q"].ready, "r")
        self.assertEqual(self.later(0.5), set())

    def test_silence(self) -> None:
        """Nothing of a second is known after the next one, though nobody has asked meanwhile."""
        self.keep(b"q")
        self.assertEqual(self.later(1.75), set())

    def test_bounded(self) -> None:
        """However many different queries come in a second, a bounded number is kept."""
        self.keep(*(b"%d" % number for number in range(PacketCache.LIMIT + 10)))
        self.assertEqual(len(self.packetCache.known), PacketCache.LIMIT)
        self.assertEqual(self.packetCache.known[b"0"].ready, "r")

    def test_boundedAcrossSeconds(self) -> None:
        """Those of two seconds together are no more than that."""
        self.keep(*(b"%d" % number for number in range(PacketCache.LIMIT - 10)))
        self.later(0.75)
        self.keep(*(b"later %d" % number for number in range(20)))
        self.assertEqual(len(self.packetCache.known), PacketCache.LIMIT)

    def test_large(self) -> None:
        """Nor do large queries and responses fill the memory: they are asked for again."""
        self.packetCache.keep(bytes(PacketCache.LARGEST - 1), b"a", "r", _LONG)
        self.packetCache.keep(bytes(PacketCache.LARGEST), b"a", "r", _LONG)
        self.packetCache.keep(b"q", bytes(PacketCache.LARGEST), "r", _LONG)
        self.assertEqual(list(self.packetCache.known), [bytes(PacketCache.LARGEST - 1)])


class NextSecondTests(PacketCacheCase):
    """What becomes of the responses of one second in the next."""

    def test_spread(self) -> None:
        """They are forgotten over a tenth of a second, as many in each part of it."""
        names = {b"%d" % number for number in range(1000)}
        self.keep(*names)
        left = [len(self.later(seconds)) for seconds in (0.75, *[PacketCache.GRACE / 10] * 10)]
        for part, many in enumerate(left):
            self.assertAlmostEqual(many, 1000 - 100 * part, delta=1)
        self.assertEqual(self.packetCache.known, {})

    def test_mixed(self) -> None:
        """Those that were asked for first, and so are asked for most, are not forgotten together."""
        names = [b"%d" % number for number in range(1000)]
        self.keep(*names)
        self.later(0.75)
        left = self.later(PacketCache.GRACE / 2)
        self.assertAlmostEqual(len(left.intersection(names[:128])), 64, delta=5)

    def test_renewed(self) -> None:
        """What is asked for anew then is of the new second, and stays to its end."""
        self.keep(b"p", b"q")
        self.later(0.75)
        (gone,) = {b"p", b"q"} - self.later(PacketCache.GRACE / 4)
        self.keep(gone)
        self.assertEqual(self.later(0.9), {gone})
        self.assertEqual(self.later(0.9), set())

    def test_onlyOnce(self) -> None:
        """Whoever has an old response made again while it is known doesn't have it kept for longer."""
        self.keep(b"q")
        self.assertEqual(self.later(0.75), {b"q"})
        self.keep(b"q")
        self.assertEqual(self.later(0.5), set())

    def test_itsTime(self) -> None:
        """A response is not given when its time is over: that of a TTL of 1 may end with the second."""
        for ttls, stays in (
            ((0,), False),
            ((1,), False),
            ((300, 1), False),
            ((2,), True),
            ((256, 65536, 300), True),
        ):
            with self.subTest(ttls=ttls):
                self.assertIs(self.outlasts(_answer(*ttls)), stays)

    def test_noTime(self) -> None:
        """Failures and stale answers, which say of no time how long they are true, are not given in it."""
        self.assertFalse(self.outlasts(Answer.bare(SERVFAIL)))
        self.assertFalse(self.outlasts(_answer(30).having(errors=((EDE_STALE, ""),))))

    def test_noAnswer(self) -> None:
        """What a stage with a bug gave in the place of an answer harms nobody."""
        junk: Any = object()
        self.assertFalse(self.outlasts(junk))

    def test_forget(self) -> None:
        """To forget is to forget those of the last second, too, and to begin anew."""
        self.keep(b"old")
        self.later(0.75)
        self.keep(b"new")
        self.packetCache.forget()
        self.assertEqual(self.packetCache.known, {})
        self.keep(b"newer")
        self.assertEqual(self.later(0.5), {b"newer"})
        self.assertEqual(self.later(0.75), set())

    def outlasts(self, answer: Answer) -> bool:
        """Whether the response is known when the next second begins."""
        self.clock.advance(0.5)
        self.packetCache = PacketCache(self.clock.seconds)
        self.packetCache.tick()
        self.keep(b"q", answer=answer)
        return bool(self.later(1 - self.clock.seconds() % 1))
