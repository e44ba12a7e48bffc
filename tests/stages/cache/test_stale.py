"""Tests of answers beyond their time (RFC 8767)."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred

from dotchain.resolver import NoAnswer, ResolveError
from dotchain.testing import SOA, Line, both, makeAnswer, makeQuery, recordsOf, ttlsOf
from dotchain.wire import DROP, Answer
from dotchain.wire.codes import AD, NXDOMAIN, REFUSED, SERVFAIL

from .cachecase import DAY, FOO, CacheCase

OLD = makeAnswer(FOO, "foo.example.org. 5 IN A 192.0.2.1", flags=AD, errors=[(4, "old")])
NEW = makeAnswer(FOO, "foo.example.org. 5 IN A 192.0.2.2")
DOWN = NoAnswer("timeout")
STALE, STALE_NXDOMAIN = 3, 19


class StaleCase(CacheCase):
    """A cache with an entry whose time has been over for so long."""

    def stale(self, *script: Line, first: Answer = OLD, over: float = 0, **options: Any) -> None:
        """Fetch the first answer, then let its time go by; the script is what comes after it."""
        self.cache(first, *script, **{"stale": float(DAY), **options})
        self.ask()
        self.clock.advance(5 + over)

    def assertStale(self, answer: Answer, code: int = STALE) -> None:
        """It is the old answer, and says so."""
        self.assertEqual(set(ttlsOf(answer)), {30})
        self.assertEqual(answer.errors[-1], (code, ""))
        self.assertEqual(answer.flags & AD, 0)


@both
class FailedTests(StaleCase):
    """The upstream says that it has no answer, or none can be reached."""

    def test_failure(self) -> None:
        """No upstream: the old answer with TTL 30 and EDE 3, its own errors kept (NG07)."""
        self.stale(DOWN)
        answer = self.ask()
        self.assertStale(answer)
        self.assertEqual(recordsOf(FOO, answer)[0], ["foo.example.org. 30 IN A 192.0.2.1"])
        self.assertEqual(answer.errors, ((4, "old"), (STALE, "")))
        self.assertEqual(self.stage.staleAnswers, 1)

    def test_noAnswers(self) -> None:
        """SERVFAIL, REFUSED and the like are no answers (RFC 8767 section 4)."""
        for rcode in (SERVFAIL, REFUSED, 1, 4):
            self.stale(makeAnswer(FOO, rcode=rcode))
            self.assertStale(self.ask())

    def test_nameError(self) -> None:
        """An old NXDOMAIN has EDE 19 (RFC 8914 section 4.20)."""
        soa = SOA.replace(" 60", " 5")
        self.stale(DOWN, first=makeAnswer(FOO, authority=[soa], rcode=NXDOMAIN))
        answer = self.ask()
        self.assertEqual(answer.rcode, NXDOMAIN)
        self.assertStale(answer, STALE_NXDOMAIN)

    def test_recheck(self) -> None:
        """For 30 seconds after a failure the upstream is spared; the old answer comes at once."""
        self.stale(DOWN)
        self.ask()
        for after in (0, 1, 28.5):
            self.clock.advance(after)
            answer = self.stage.resolve(FOO)
            assert isinstance(answer, Answer)
            self.assertStale(answer)
        self.assertEqual(self.asked(), 2)
        self.assertStale(self.ask(after=1))
        self.assertEqual(self.asked(), 3)

    def test_recovers(self) -> None:
        """As soon as there is a new answer it is given, and the old one never again."""
        self.stale(DOWN, NEW)
        self.assertStale(self.ask())
        answer = self.ask(after=31)
        self.assertEqual(answer.body, NEW.body)
        self.assertEqual(recordsOf(FOO, self.ask())[0], ["foo.example.org. 5 IN A 192.0.2.2"])

    def test_nameErrorReplaces(self) -> None:
        """NXDOMAIN is an answer: what is gone is gone (RFC 8767 section 4)."""
        self.stale(makeAnswer(FOO, authority=[SOA], rcode=NXDOMAIN), DOWN)
        self.assertEqual((self.ask().rcode, self.ask().rcode), (NXDOMAIN, NXDOMAIN))

    def test_healthy(self) -> None:
        """Nobody gets an old answer while the upstream is well."""
        self.stale(NEW)
        self.assertEqual(self.ask().body, NEW.body)
        self.assertEqual(self.stage.staleAnswers, 0)

    def test_tooOld(self) -> None:
        """Beyond stale there is no answer, and the failure is one like any other."""
        self.stale(DOWN, over=DAY - 1)
        self.assertStale(self.ask())
        self.stale(DOWN, over=DAY)
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.assertEqual(self.ask().rcode, SERVFAIL)

    def test_off(self) -> None:
        """By default an answer ends with its TTL."""
        self.stale(DOWN, stale=0.0)
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)

    def test_notRecursive(self) -> None:
        """RD=0 gets no old answer (RFC 8767 section 5)."""
        self.stale(DOWN)
        self.failed(self.stage.resolve(makeQuery(flags=0)), self.next, NoAnswer)

    def test_apart(self) -> None:
        """An old answer is for the same DO and CD alone (NG08)."""
        self.stale(DOWN)
        self.failed(self.stage.resolve(makeQuery(do=True)), self.next, NoAnswer)

    def test_failuresAreNotKept(self) -> None:
        """A failure is never given beyond its time."""
        self.cache(DOWN, NEW, stale=float(DAY))
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.assertEqual(self.ask(after=2).body, NEW.body)

    def test_drop(self) -> None:
        """No answer on purpose is passed on as such."""
        self.stale(DROP)
        self.assertIs(self.ask(), DROP)

    def test_bug(self) -> None:
        """A stage that fails as it must not is not hidden behind old answers."""
        self.stale(ZeroDivisionError())
        self.failed(self.stage.resolve(FOO), self.next, ZeroDivisionError)

    def test_flush(self) -> None:
        """What was flushed is not given, however the upstream is."""
        self.stale(DOWN)
        self.stage.flush()
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)


class SilentTests(StaleCase):
    """The upstream needs time, or never answers."""

    later = True

    def wait(self) -> list[Any]:
        """Ask, and give the list that the outcome will be in."""
        result = self.stage.resolve(FOO)
        assert isinstance(result, Deferred)
        got: list[Any] = []
        result.addBoth(got.append)
        return got

    def test_timer(self) -> None:
        """After 1.8 s the old answer is given (RFC 8767 section 5)."""
        self.stale(NEW)
        got = self.wait()
        self.clock.advance(1.79)
        self.assertEqual(got, [])
        self.clock.advance(0.02)
        self.assertStale(got[0])

    def test_fetchGoesOn(self) -> None:
        """The answer that comes too late for its client is there for the next."""
        self.stale(NEW)
        got = self.wait()
        self.clock.advance(2)
        self.next.fire()
        self.assertEqual(len(got), 1)
        answer = self.stage.resolve(FOO)
        assert isinstance(answer, Answer)
        self.assertEqual(recordsOf(FOO, answer)[0], ["foo.example.org. 5 IN A 192.0.2.2"])
        self.assertEqual(self.asked(), 2)

    def test_inTime(self) -> None:
        """A new answer within 1.8 s is given, once, and no timer is left."""
        self.stale(NEW)
        got = self.wait()
        self.clock.advance(1.7)
        self.next.fire()
        self.assertEqual([each.body for each in got], [NEW.body])
        self.clock.advance(2)
        self.assertEqual(len(got), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_othersDontWait(self) -> None:
        """Those who ask after the first has waited in vain get the old answer at once."""
        self.stale(NEW)
        self.wait()
        self.clock.advance(1.8)
        self.assertStale(self.successAnswer())
        self.assertEqual(self.asked(), 2)

    def successAnswer(self) -> Answer:
        """An answer given at once."""
        answer = self.stage.resolve(FOO)
        assert isinstance(answer, Answer)
        return answer

    def test_failsTooLate(self) -> None:
        """A fetch that fails after its client was answered fails in silence, and is not tried again soon."""
        self.stale(DOWN)
        got = self.wait()
        self.clock.advance(4)
        self.next.fire()
        self.assertEqual(len(got), 1)
        self.clock.advance(29)
        self.assertStale(self.successAnswer())
        self.assertEqual(self.asked(), 2)

    def test_bugTooLate(self) -> None:
        """A bug behind a fetch that nobody waits for is logged, and once a minute only."""
        for _ in range(2):
            self.stale(ZeroDivisionError())
            self.wait()
            self.clock.advance(2)
            self.next.fire()
            self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_evictedMeanwhile(self) -> None:
        """Who waits gets the old answer even if it had to make room."""
        self.stale(DOWN)
        got = self.wait()
        self.stage._store.discardAll(lambda _: True)
        self.clock.advance(1.8)
        self.assertStale(got[0])

    def test_refreshedMeanwhile(self) -> None:
        """When another query has brought a new answer, that is given."""
        self.stale(DOWN, NEW)
        got = [self.wait(), self.wait()]
        self.next.fire(1)
        self.next.fire(0)
        self.assertEqual([each[0].errors for each in got], [(), ()])
        self.assertEqual([ttlsOf(each[0]) for each in got], [[5], [5]])

    def test_goneMeanwhile(self) -> None:
        """When another query has brought NXDOMAIN, that is given, and no old address."""
        self.stale(DOWN, makeAnswer(FOO, authority=[SOA], rcode=NXDOMAIN))
        got = [self.wait(), self.wait()]
        self.next.fire(1)
        self.next.fire(0)
        self.assertEqual([each[0].rcode for each in got], [NXDOMAIN, NXDOMAIN])

    def test_cancelled(self) -> None:
        """A client who leaves is not answered; the fetch is for those to come."""
        self.stale(NEW)
        result = self.stage.resolve(FOO)
        assert isinstance(result, Deferred)
        result.cancel()
        self.failureResultOf(result, CancelledError)
        self.next.fire()
        self.clock.advance(2)
        self.assertEqual((self.successAnswer().errors, self.clock.getDelayedCalls()), ((), []))

    def test_option(self) -> None:
        """stale-wait is the operator's."""
        self.stale(NEW, stale_wait=0.5)
        got = self.wait()
        self.clock.advance(0.5)
        self.assertStale(got[0])

    def test_manyWait(self) -> None:
        """However many wait, the reactor holds one call for them, and one for what they have asked."""
        self.stale(ResolveError("down"))
        waiting = [self.wait() for _ in range(50)]
        self.assertEqual(len(self.clock.getDelayedCalls()), 2)
        self.clock.advance(1.8)
        self.assertEqual([len(got) for got in waiting], [1] * 50)
