"""What all groups share: which answers are good enough, deadlines, and one result a query."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import formatEvent
from zope.interface import implementer

from dotchain.contract.guard import Guard
from dotchain.interfaces import IResolver
from dotchain.options import OptionError
from dotchain.resolver import NoAnswer, ResolveError, Result
from dotchain.testing import Scripted
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.groupquery import GroupQuery
from dotchain.upstreams.groups.race import Race
from dotchain.upstreams.nexton import rcodes
from dotchain.wire import DROP, Answer, Query
from dotchain.wire.codes import EDE_BLOCKED, EDE_NETWORK_ERROR, EDE_NO_REACHABLE_AUTHORITY, REFUSED, SERVFAIL

from ...fronts.loop import logged
from .groupcase import BROKEN, DOWN, GOOD, NOWHERE, OTHER, QUERY, REJECTED, GroupCase, later, now

BOGUS = 6


class RcodeTests(GroupCase):
    """Answers that are no reason to stop."""

    def first(self, *answers: Answer | Exception, **options: str) -> Answer:
        """What comes of these answers by the first, the second and so on, now and later."""
        results = []
        for make in (now, later):
            group = self.over(Failover, *map(make, answers), **options)
            result = group.resolve(QUERY)
            for upstream in self.upstreams:
                upstream.fireAll()
            results.append(self.answer(result))
            self.assertQuiet()
        self.assertIs(*results)
        return results[0]

    def test_names(self) -> None:
        """Who was asked is told by name, in order, for those who log it."""
        group = self.over(Failover, later(DOWN), later(GOOD), later(OTHER))
        asked = group.core.resolve(QUERY)
        assert isinstance(asked, GroupQuery)
        names = [each.name for each in group.members]
        self.assertEqual(asked.names, names[:1])
        self.upstreams[0].fireAll()
        self.assertEqual(asked.names, names[:2])
        self.upstreams[1].fireAll()

    def test_default(self) -> None:
        """SERVFAIL and REFUSED mean the next one; NXDOMAIN is an answer."""
        self.assertIs(self.first(BROKEN, REJECTED, GOOD), GOOD)
        self.assertIs(self.first(BROKEN, NOWHERE), NOWHERE)
        self.assertIs(self.first(NOWHERE, GOOD), NOWHERE)

    def test_configured(self) -> None:
        """C{next-on} says which, none where it is empty."""
        self.assertIs(self.first(NOWHERE, GOOD, next_on="nxdomain"), GOOD)
        self.assertIs(self.first(BROKEN, GOOD, next_on="nxdomain"), BROKEN)
        self.assertIs(self.first(BROKEN, GOOD, next_on=""), BROKEN)

    def test_best(self) -> None:
        """Where no other is better, the first of them is given; a failure is never better."""
        self.assertIs(self.first(BROKEN, REJECTED), BROKEN)
        self.assertIs(self.first(REJECTED, DOWN), REJECTED)
        self.assertIs(self.first(DOWN, BROKEN, DOWN), BROKEN)

    def test_meant(self) -> None:
        """DNSSEC validation that failed, and blocking, are not undone by asking elsewhere (RFC 8914)."""
        for rcode, code in ((SERVFAIL, BOGUS), (REFUSED, EDE_BLOCKED)):
            meant = Answer.bare(rcode, ((code, ""),))
            self.assertIs(self.first(meant, GOOD), meant)
        unreachable = Answer.bare(SERVFAIL, ((EDE_NO_REACHABLE_AUTHORITY, ""),))
        self.assertIs(self.first(unreachable, GOOD), GOOD)

    def test_drop(self) -> None:
        """No answer on purpose is final."""
        self.assertIs(self.first(DROP, GOOD), DROP)

    def test_bestWaitsNoLonger(self) -> None:
        """With an answer in hand the last member gets its patience, not all the time there is."""
        group = self.over(Failover, now(BROKEN), later(GOOD))
        result = self.pending(group.resolve(QUERY))
        self.clock.advance(1.5)
        self.assertIs(self.answer(result), BROKEN)
        self.assertQuiet()

    def test_reader(self) -> None:
        """RCODEs by name; NOERROR can't be meant."""
        self.assertEqual(rcodes("servfail Refused"), {SERVFAIL, REFUSED})
        for wrong in ("servfial", "noerror"):
            self.assertRaises(ValueError, rcodes, wrong)


class FailureTests(GroupCase):
    """No answer at all."""

    def test_allFail(self) -> None:
        """The last failure, and how many were tried."""
        for make in (now, later):
            group = self.over(Failover, make(ResolveError("no route", 0)), make(DOWN))
            result = group.resolve(QUERY)
            for upstream in self.upstreams:
                upstream.fireAll()
            error = self.error(result)
            self.assertEqual(error.text, "connection refused; 2 upstreams asked")
            self.assertEqual(error.code, EDE_NETWORK_ERROR)
            self.assertQuiet()

    def test_nameOfItsOwn(self) -> None:
        """What was asked later is answered: it is the name that nobody answers (RFC 9520 section 2.3)."""
        group = self.over(Failover, later(GOOD))
        silent = self.pending(group.resolve(QUERY))
        self.clock.advance(1)
        other = group.resolve(QUERY)
        self.upstreams[0].fire(1)
        self.assertIs(self.answer(other), GOOD)
        self.clock.advance(3.5)
        self.assertTrue(self.error(silent).ofName)

    def test_deadline(self) -> None:
        """At the deadline the query fails, though members are still out; what they say is ignored."""
        group = self.over(Failover, later(GOOD), later(DOWN))
        result = self.pending(group.resolve(QUERY))
        self.clock.pump([1.5, 1.5, 1.4])
        self.pending(result)
        self.clock.advance(0.1)
        error = self.error(result)
        self.assertIsInstance(error, NoAnswer)
        self.assertEqual(error.text, "no answer within 4.5 s, 2 upstreams asked")
        self.assertFalse(error.ofName)
        self.assertQuiet()
        for upstream in self.upstreams:
            upstream.fireAll()
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_everyoneInTime(self) -> None:
        """Many silent ones share the time, so that the last of them is asked, too."""
        group = self.over(Failover, *[later(GOOD) for _ in range(7)], now(OTHER))
        result = group.resolve(QUERY)
        self.clock.pump([0.1] * 44)
        self.assertIs(self.answer(result), OTHER)
        self.assertQuiet()

    def test_noTimeout(self) -> None:
        """A group without any time is refused."""
        error = self.assertRaises(OptionError, self.over, Failover, now(GOOD), timeout="0s")
        self.assertEqual(error.key, "timeout")

    def test_cancelled(self) -> None:
        """Whoever no longer waits leaves nothing behind; the member's answer still tells of its health."""
        group = self.over(Failover, later(DOWN), later(GOOD))
        result = self.pending(group.resolve(QUERY))
        result.cancel()
        self.failureResultOf(result)
        self.assertQuiet()
        self.upstreams[0].fireAll()
        self.assertEqual((self.asked(), group.members[0].failed), ([1, 0], 1))


class OneResultTests(GroupCase):
    """Each query gets exactly one result."""

    def test_everyOrder(self) -> None:
        """Whatever two members say, and in whatever order, whether the patience is over or not."""
        lines = (GOOD, BROKEN, DOWN)
        for first in lines:
            for second in lines:
                for order in ((0, 1), (1, 0)):
                    group = self.over(Failover, later(first), later(second))
                    results: list[object] = []
                    result = group.resolve(QUERY)
                    assert isinstance(result, Deferred)
                    result.addBoth(results.append)
                    self.clock.advance(1.5)
                    for index in order:
                        self.upstreams[index].fireAll()
                    self.clock.advance(10)
                    self.assertEqual(len(results), 1, (first, second, order))
                    self.assertEqual(GOOD in results, GOOD in (first, second))
                    self.assertQuiet()

    def test_oneTimer(self) -> None:
        """However many queries wait, the reactor has one call."""
        group = self.over(Failover, later(GOOD), later(GOOD))
        results = []
        for _ in range(300):
            results.append(group.resolve(QUERY))
            self.clock.advance(0.001)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.upstreams[0].fireAll()
        self.assertEqual([self.answer(result) for result in results], [GOOD] * 300)
        self.assertQuiet()

    def test_askedFromAnswer(self) -> None:
        """A client that asks again as soon as it is answered is answered, too."""
        group = self.over(Failover, later(DOWN), later(GOOD))
        first = group.resolve(QUERY)
        assert isinstance(first, Deferred)
        first.addCallback(lambda answer: group.resolve(QUERY))
        self.clock.advance(1.5)
        for _ in range(2):
            for upstream in self.upstreams:
                upstream.fireAll()
        self.assertIs(self.successResultOf(first), GOOD)
        self.assertQuiet()


@implementer(IResolver)
class Raises:
    """An upstream with a bug."""

    replays = False

    def resolve(self, query: Query) -> Result:
        """Raise, which no resolver may."""
        raise KeyError("bug")


class BugTests(GroupCase):
    """Members of others."""

    def test_bug(self) -> None:
        """A member's bug is logged, once a minute, and the next one is asked."""
        for bad in (Raises(), Scripted(KeyError("bug")), Scripted(KeyError("bug"), later=True)):
            group = self.over(Failover, bad, now(OTHER))  # type: ignore[arg-type]
            for _ in range(2):
                result = group.resolve(QUERY)
                if isinstance(bad, Scripted):
                    bad.fireAll()
                self.assertIs(self.answer(result), OTHER)
            self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_onlyBugs(self) -> None:
        """Where all have bugs, the front is told."""
        group = self.over(Failover, Scripted(KeyError("bug")))
        result = group.resolve(QUERY)
        assert isinstance(result, Deferred)
        self.failureResultOf(result, KeyError)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)


class GuardedTests(GroupCase):
    """Members that an operator wrote."""

    def test_silent(self) -> None:
        """One that never answers is given up when the time is over, whoever else has answered by then."""
        for other in (later(GOOD), later(ResolveError("down"))):
            silent = Guard(later(GOOD), "upstream silent")
            for kind in (Failover, Race):
                group = self.over(kind, silent, other)  # type: ignore[arg-type]
                result = group.resolve(QUERY)
                self.clock.advance(1.5)
                other.fireAll()
                self.clock.pump([1.0] * 4)
                assert isinstance(result, Deferred)
                result.addErrback(lambda failure: failure.trap(ResolveError) and None)
                self.successResultOf(result)
                self.assertEqual((silent.waiting, group.members[0].out), ({}, 0))
                self.assertEqual(group.members[0].failed, 1)
                self.assertQuiet()

    def test_cancelled(self) -> None:
        """So it is where nobody waits for the group any more."""
        silent = Guard(later(GOOD), "upstream silent")
        group = self.over(Failover, silent)  # type: ignore[arg-type]
        result = self.pending(group.resolve(QUERY))
        result.cancel()
        self.failureResultOf(result, CancelledError)
        self.clock.pump([1.0] * 5)
        self.assertEqual((silent.waiting, group.members[0].out), ({}, 0))
        self.assertQuiet()

    def test_bugs(self) -> None:
        """What one does that it must not is put down to it; the next one is asked."""

        def fail(query: Query) -> Answer:
            raise SystemExit

        for script, sort in ((fail, SystemExit), (lambda query: None, None)):
            events = logged(self)
            group = self.over(Failover, Guard(now(script), "upstream bad"), now(GOOD))  # type: ignore[arg-type]
            for _ in range(3):
                self.assertIs(self.answer(group.resolve(QUERY)), GOOD)
            bugs = [event for event in events if "upstream bad" in formatEvent(event)]
            self.assertEqual(len(bugs), 1)
            if sort is not None:
                self.assertEqual(len(self.flushLoggedErrors(sort)), 1)
