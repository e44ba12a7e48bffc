"""Tests of fetching ahead of time."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from dotchain.client import NOBODY, Client
from dotchain.resolver import NoAnswer
from dotchain.stages.cache.prefetch import Prefetch
from dotchain.testing import SOA, both, makeAnswer, makeQuery, ttlsOf
from dotchain.wire import Answer, Query
from dotchain.wire.codes import CD, NXDOMAIN, RD

from ..brokencore import BrokenCore
from .cachecase import DAY, FOO, CacheCase

SHORT = makeAnswer(FOO, "foo.example.org. 100 IN A 192.0.2.1")


@both
class PrefetchTests(CacheCase):
    """Names in use, in the last tenth of their TTL."""

    def heat(self, query: Query = FOO, seconds: int = 4) -> None:
        """Ask once, and in so many seconds after that."""
        self.ask(query)
        for _ in range(seconds):
            self.ask(query, after=1)

    def hit(self, query: Query = FOO, after: float = 0) -> Answer:
        """An answer that must be given at once; what it sets off is done after it."""
        self.clock.advance(after)
        asked = self.asked()
        answer = self.stage.resolve(query)
        assert isinstance(answer, Answer)
        self.assertEqual(self.asked(), asked)
        self.clock.advance(0)
        return answer

    def test_hot(self) -> None:
        """The hit gets the old answer at once; the fetch is done behind it, and renews the entry."""
        self.cache(SHORT)
        self.heat()
        self.assertEqual(ttlsOf(self.hit(after=86)), [10])
        self.assertEqual((self.asked(), self.stage.prefetches), (2, 1))
        self.next.fireAll()
        self.assertEqual(ttlsOf(self.hit()), [100])
        self.assertEqual(ttlsOf(self.hit(after=50)), [50])

    def test_notBefore(self) -> None:
        """Before the last tenth nothing is fetched."""
        self.cache(SHORT)
        self.heat()
        self.hit(after=85)
        self.assertEqual(self.asked(), 1)

    def test_notCold(self) -> None:
        """A name that was asked for in few seconds is left to expire, however often it was in one."""
        self.cache(SHORT)
        self.heat(seconds=2)
        for _ in range(100):
            self.hit()
        self.hit(after=95)
        self.assertEqual(self.asked(), 1)

    def test_onceALife(self) -> None:
        """One fetch for each answer, whatever comes of it."""
        self.cache(SHORT, NoAnswer("timeout"))
        self.heat()
        for _ in range(9):
            self.hit(after=86 if self.stage.prefetches == 0 else 1)
            self.next.fireAll()
        self.assertEqual((self.asked(), self.stage.prefetches), (2, 1))

    def test_failureChangesNothing(self) -> None:
        """A fetch that fails neither shortens nor lengthens the answer's life (NG08)."""
        for line in (NoAnswer("timeout"), makeAnswer(FOO, rcode=2)):
            self.cache(SHORT, line, SHORT)
            self.heat()
            self.hit(after=86)
            self.next.fireAll()
            self.assertEqual(ttlsOf(self.hit(after=9)), [1])
            self.ask(after=1)
            self.assertEqual(self.asked(), 3)

    def test_ownQuery(self) -> None:
        """The query asks the same with the same DO and CD, and is nobody's."""
        asker = Client("192.0.2.7", "udp", "lan")
        for options in ({"do": True}, {"flags": RD | CD}, {"do": True, "flags": RD | CD}, {}):
            given: Any = options
            query = makeQuery("Foo.Example.org.", client=asker, **given)
            self.cache(makeAnswer(query, "foo.example.org. 100 IN A 192.0.2.1"))
            self.heat(query)
            self.hit(query, after=86)
            own = self.next.asked[1]
            self.assertEqual((own.key, own.client, own.shareable), (query.key, NOBODY, True))

    def test_negative(self) -> None:
        """That a name isn't there needs no fetch ahead of time."""
        soa = SOA.replace(" 60", " 100")
        self.cache(makeAnswer(FOO, authority=[soa], rcode=NXDOMAIN))
        self.heat()
        self.hit(after=90)
        self.assertEqual(self.asked(), 1)

    def test_shortLived(self) -> None:
        """A TTL under 10 has no last tenth."""
        self.cache(makeAnswer(FOO, "foo.example.org. 9 IN A 192.0.2.1"))
        self.heat(seconds=8)
        self.clock.advance(0)
        self.assertEqual(self.asked(), 1)

    def test_rate(self) -> None:
        """Names that are due in one second beyond the rate wait for the next, or expire."""
        self.cache(lambda query: makeAnswer(query, f"{query.name} 100 IN A 192.0.2.1"))
        names = [makeQuery(f"n{number}.example.org.") for number in range(Prefetch.RATE + 20)]
        for _ in range(5):
            for query in names:
                self.ask(query)
            self.clock.advance(1)
        self.clock.advance(86)
        for fetched in (Prefetch.RATE, len(names)):
            for query in names:
                self.hit(query)
            self.assertEqual(self.stage.prefetches, fetched)
            self.clock.advance(1)

    def test_off(self) -> None:
        """prefetch = no fetches nothing ahead of time."""
        self.cache(SHORT, prefetch=False)
        self.heat()
        self.hit(after=95)
        self.assertEqual(self.asked(), 1)

    def test_bug(self) -> None:
        """A stage that raises does so behind the hits: it is logged, and the others are fetched."""
        self.cache(SHORT)
        self.heat()
        self.stage.core.fetch._next = BrokenCore()
        self.hit(after=86)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class SilentTests(CacheCase):
    """A next resolver that never answers."""

    later = True

    def test_givenUp(self) -> None:
        """What is fetched for no client is given up some time, so that equal queries wait for it no more."""
        self.cache(SHORT)
        self.ask()
        for _ in range(5):
            self.ask(after=1)
        self.ask(after=86)
        self.clock.advance(0)
        ((fetched, _),) = self.next.pending
        self.clock.pump([1] * 29)
        self.assertFalse(fetched.called)
        self.clock.pump([1] * 6)
        self.assertTrue(fetched.called)
        self.assertEqual([call for call in self.clock.getDelayedCalls() if call.active()], [])

    def test_givenUpStale(self) -> None:
        """So is what is fetched for one who has got an old answer meanwhile."""
        self.cache(SHORT, stale=DAY)
        self.ask()
        self.clock.advance(200)
        waiting = self.stage.resolve(FOO)
        assert isinstance(waiting, Deferred)
        ((fetched, _),) = self.next.pending
        self.clock.pump([1] * 40)
        self.assertTrue(self.successResultOf(waiting).errors)
        self.assertTrue(fetched.called)
