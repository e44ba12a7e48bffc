"""Tests of failures that are kept (RFC 9520)."""

from __future__ import annotations

from typing import Any

from dotchain.resolver import NoAnswer, ResolveError
from dotchain.testing import both, makeAnswer, makeQuery, recordsOf, ttlsOf
from dotchain.wire import DROP, Answer
from dotchain.wire.codes import CD, NOERROR, RD, SERVFAIL

from .cachecase import FOO, A, CacheCase

BOGUS = makeAnswer(FOO, rcode=SERVFAIL, errors=[(6, "")])
OFF: dict[str, Any] = {"failure-ttl": 0.0}


@both
class FailureTests(CacheCase):
    """NG05: at least a second, at most five minutes, and EDE 13 on hits."""

    def askedAfter(self, *waits: float) -> list[int]:
        """How often the next resolver has been asked after each of these waits and a query."""
        counts = []
        for wait in waits:
            self.clock.advance(wait)
            self.outcome()
            counts.append(self.asked())
        return counts

    def outcome(self) -> Answer | BaseException:
        """What a query comes to."""
        caught: list[Any] = []
        result = self.stage.resolve(FOO)
        self.next.fireAll()
        if isinstance(result, Answer):
            return result
        result.addBoth(caught.append)
        return caught[0] if isinstance(caught[0], Answer) else caught[0].value

    def test_servfail(self) -> None:
        """The next who ask get SERVFAIL, the upstream's reason and Cached Error, without being a load."""
        self.cache(BOGUS)
        self.assertIs(self.ask(), BOGUS)
        for _ in range(20):
            answer = self.ask()
            self.assertEqual((answer.rcode, answer.errors), (SERVFAIL, ((6, ""), (13, ""))))
        self.assertEqual(self.asked(), 1)

    def test_others(self) -> None:
        """REFUSED, NOTIMP, FORMERR and the like are failures, too (RFC 9520 section 2): told as they are."""
        for rcode in (1, 4, 5, 8, 9, 16, 23):
            self.cache(makeAnswer(FOO, rcode=rcode, errors=[(18, "no")]))
            for _ in range(20):
                self.assertEqual(self.ask().rcode, rcode)
            self.assertEqual((self.ask().errors, self.asked()), (((18, "no"), (13, "")), 1))

    def test_othersDontDouble(self) -> None:
        """Who refuses one question refuses all, and once that is over nobody should wait."""
        self.cache(makeAnswer(FOO, rcode=5))
        self.assertEqual(self.askedAfter(*[2.0] * 10), list(range(1, 11)))

    def test_zone(self) -> None:
        """So it is with what a zone refuses, which is known at once."""
        self.cache(Answer(0, 5, errors=((20, "outside of the zone"),)))
        self.assertEqual(self.askedAfter(0, 0.5, 2), [1, 1, 2])

    def test_failure(self) -> None:
        """Where no upstream could be asked the reason is told, too."""
        self.cache(NoAnswer("timeout"))
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.assertEqual(self.ask().errors, ((22, "timeout"), (13, "")))
        self.assertEqual(self.asked(), 1)

    def test_atLeast(self) -> None:
        """A failure late in a second is kept for a whole one all the same (RFC 9520 section 3.2)."""
        self.cache(BOGUS)
        self.assertEqual(self.askedAfter(0.7, 1.0, 0.1), [1, 1, 2])

    def test_doubles(self) -> None:
        """SERVFAIL that comes again is kept twice as long each time, and not over the bound."""
        self.cache(BOGUS, failure_ttl=2.0, max_failure_ttl=7.0)
        self.assertEqual(self.askedAfter(0, 2, 1), [1, 1, 2])
        self.assertEqual(self.askedAfter(4, 1), [2, 3])
        for count in (3, 4, 5):
            self.assertEqual(self.askedAfter(7, 1), [count, count + 1])

    def test_startsAnew(self) -> None:
        """A failure long after the last one is a first one."""
        self.cache(BOGUS)
        self.assertEqual(self.askedAfter(0, 2, 40, 2), [1, 2, 3, 4])

    def test_goodAnswerEndsIt(self) -> None:
        """After a good answer the next failure is a first one."""
        good = makeAnswer(FOO, "foo.example.org. 1 IN A 192.0.2.1")
        self.cache(BOGUS, BOGUS, good, BOGUS)
        self.assertEqual(self.askedAfter(0, 2, 3, 1, 2), [1, 2, 3, 4, 5])

    def test_oursDontDouble(self) -> None:
        """An upstream that can be reached again is asked again within two seconds, for every name."""
        self.cache(NoAnswer("timeout"))
        self.assertEqual(self.askedAfter(*[2.0] * 10), list(range(1, 11)))
        self.next.script = [makeAnswer(FOO, A)]
        self.clock.advance(2)
        self.assertEqual(self.ask().rcode, NOERROR)

    def test_silentName(self) -> None:
        """A name that is not answered while others are is at fault itself, and kept ever longer."""
        self.cache(NoAnswer("silent", ofName=True), failure_ttl=2.0, max_failure_ttl=7.0)
        self.assertEqual(self.askedAfter(0, 2, 1, 4, 1), [1, 1, 2, 2, 3])

    def test_checkingDisabled(self) -> None:
        """CD makes another question of it: what doesn't validate can be had."""
        self.cache(BOGUS, makeAnswer(FOO, A))
        self.ask()
        self.assertEqual(self.ask(makeQuery(flags=RD | CD)).rcode, NOERROR)
        self.assertEqual(self.ask().rcode, SERVFAIL)

    def test_aliveStays(self) -> None:
        """A failure takes no place of an answer that is alive."""
        self.cache(makeAnswer(FOO, A), BOGUS)
        first, second = self.stage.resolve(FOO), self.stage.resolve(makeQuery(do=True))
        self.settled(first, self.next)
        self.settled(second, self.next)
        self.stage.core.fetch.refresh(FOO.key)
        self.next.fireAll()
        self.assertEqual(ttlsOf(self.ask()), [300])
        self.assertEqual(recordsOf(FOO, self.ask())[0], [A])

    def test_off(self) -> None:
        """failure-ttl = 0 asks each time."""
        self.cache(BOGUS, **OFF)
        self.assertEqual(self.askedAfter(0, 0, 0), [1, 2, 3])
        self.assertEqual(self.stage.entries, 0)

    def test_drop(self) -> None:
        """No answer on purpose is no failure."""
        self.cache(DROP)
        for _ in range(2):
            self.assertIs(self.ask(), DROP)
        self.assertEqual(self.stage.entries, 0)

    def test_bug(self) -> None:
        """An exception that is none of ours passes by; hiding it would help nobody."""
        self.cache(ZeroDivisionError())
        for _ in range(2):
            self.failed(self.stage.resolve(FOO), self.next, ZeroDivisionError)
        self.assertEqual(self.stage.entries, 0)

    def test_share(self) -> None:
        """Failures take a share of the room with negative answers, not all of it."""
        self.cache(ResolveError("down"), size=40_000)
        for number in range(200):
            result = self.stage.resolve(makeQuery(f"n{number}.example.org."))
            self.failed(result, self.next, ResolveError)
        self.assertLessEqual(self.stage.octets, 10_000)
        self.assertGreater(self.stage.entries, 5)
