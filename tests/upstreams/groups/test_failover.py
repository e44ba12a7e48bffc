"""The group C{failover}: one after the other, and back."""

from __future__ import annotations

from dotchain.resolver import ResolveError
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.member import Member

from ...fakes import Line, Scripted
from .groupcase import BROKEN, DOWN, GOOD, OTHER, QUERY, GroupCase, counts, later, now


class OrderTests(GroupCase):
    """Who is asked."""

    def test_first(self) -> None:
        """The first is asked, and the others are left alone."""
        for make in (now, later):
            group = self.over(Failover, make(GOOD), make(OTHER))
            result = group.resolve(QUERY)
            self.upstreams[0].fireAll()
            self.assertIs(self.answer(result), GOOD)
            self.assertEqual(self.asked(), [1, 0])
            self.assertEqual(counts(group.members), [(1, 1, 0), (0, 0, 0)])
            self.assertQuiet()

    def test_failure(self) -> None:
        """A failure means the next one, without waiting."""
        for make in (now, later):
            group = self.over(Failover, make(DOWN), make(DOWN), make(OTHER))
            result = group.resolve(QUERY)
            for upstream in self.upstreams:
                upstream.fireAll()
            self.assertIs(self.answer(result), OTHER)
            self.assertEqual(counts(group.members), [(1, 0, 1), (1, 0, 1), (1, 1, 0)])
            self.assertQuiet()

    def test_nested(self) -> None:
        """A group is an upstream, so groups nest."""
        inner = self.over(Failover, later(DOWN), later(DOWN))
        ends = self.upstreams
        outer = Failover(
            self.clock,
            over={"inner": inner, "spare": now(OTHER)},
            next_on=frozenset(),
            patience=1.5,
            timeout=4.5,
        )
        result = outer.resolve(QUERY)
        for upstream in ends:
            upstream.fireAll()
        self.assertIs(self.answer(result), OTHER)
        self.assertQuiet()


class HealthTests(GroupCase):
    """Suspects, trials, and the way back."""

    def setUp(self) -> None:
        """One that is down, and one that works."""
        super().setUp()
        self.group = self.over(Failover, now(DOWN), now(OTHER))
        self.bad = self.upstreams[0]

    def ask(self, times: int = 1) -> int:
        """Ask so often; every query is answered. How often the first was asked by it."""
        before = len(self.bad.asked)
        for _ in range(times):
            self.assertIs(self.answer(self.group.resolve(QUERY)), OTHER)
        return len(self.bad.asked) - before

    def test_suspect(self) -> None:
        """After three failures in a row it is asked no more."""
        self.assertEqual(self.ask(10), 3)
        self.assertEqual([member.suspect for member in self.group.members], [True, False])

    def test_oneTrial(self) -> None:
        """After the backoff a single query tries it, however many come; no client waits for that."""
        self.ask(3)
        self.bad.later = True
        self.clock.advance(0.5)
        self.assertEqual(self.ask(5), 1)
        self.assertQuiet()
        self.bad.fireAll()
        self.assertEqual(self.ask(5), 0)

    def test_trialAnswersFirst(self) -> None:
        """The trial's own answer is as good as any."""
        self.ask(3)
        self.clock.advance(0.5)
        self.bad.script = [GOOD]
        self.upstreams[1].later = True
        self.assertIs(self.answer(self.group.resolve(QUERY)), GOOD)
        self.assertQuiet()

    def test_backoffDoubles(self) -> None:
        """Each trial that fails doubles the wait, jittered downwards, up to 30 seconds."""
        self.ask(3)
        waits = []
        for _ in range(9):
            start = self.clock.seconds()
            while not self.ask():
                self.clock.advance(0.0625)
            waits.append(self.clock.seconds() - start)
        for wait, most in zip(waits, (0.5, 1, 2, 4, 8, 16, 30, 30, 30), strict=True):
            self.assertTrue(0.75 * most <= wait <= most, (wait, most))

    def test_stragglers(self) -> None:
        """Failures of queries that were out already when it became suspect don't prolong the wait."""
        group = self.over(Failover, later(DOWN), now(OTHER))
        results = [group.resolve(QUERY) for _ in range(20)]
        self.upstreams[0].fireAll()
        self.assertEqual([self.answer(result) for result in results], [OTHER] * 20)
        self.clock.advance(0.5)
        group.resolve(QUERY)
        self.assertEqual(self.asked()[0], 21)

    def test_failsBack(self) -> None:
        """A trial that is answered, with whatever RCODE, makes it the first again."""
        self.ask(3)
        self.clock.advance(0.5)
        self.bad.script = [BROKEN, GOOD]
        self.assertIs(self.answer(self.group.resolve(QUERY)), OTHER)
        for _ in range(3):
            self.assertIs(self.answer(self.group.resolve(QUERY)), GOOD)
        self.assertEqual([member.suspect for member in self.group.members], [False, False])

    def test_flapping(self) -> None:
        """Who fails again soon after it recovered is left alone for longer than before."""
        self.ask(3)
        self.clock.advance(0.5)
        self.bad.script = [GOOD, DOWN]
        self.assertIs(self.answer(self.group.resolve(QUERY)), GOOD)
        self.assertEqual(self.ask(5), 3)
        self.clock.advance(0.5)
        self.assertEqual(self.ask(), 0)
        self.clock.advance(0.5)
        self.assertEqual(self.ask(), 1)

    def test_steadyAgain(self) -> None:
        """After half a minute of health the past is forgotten."""
        self.test_flapping()
        self.clock.advance(2)
        self.bad.script = [GOOD, DOWN]
        self.assertIs(self.answer(self.group.resolve(QUERY)), GOOD)
        self.clock.advance(31)
        self.assertEqual(self.ask(5), 3)
        self.clock.advance(0.5)
        self.assertEqual(self.ask(), 1)

    def test_servfailIsHealthy(self) -> None:
        """SERVFAIL for names is an answer, and not the upstream's fault."""
        self.bad.script = [BROKEN]
        self.assertEqual(self.ask(20), 20)

    def test_notInARow(self) -> None:
        """An answer in between starts the count anew."""
        script: list[Line] = [DOWN, DOWN, BROKEN]
        for line in script * 5:
            self.bad.script = [line]
            self.assertEqual(self.ask(), 1)

    def test_lastResort(self) -> None:
        """Where all others fail, a suspect is asked all the same; where all are suspect, each is."""
        self.ask(3)
        self.bad.script = [GOOD]
        self.upstreams[1].script = [DOWN]
        for _ in range(5):
            self.assertIs(self.answer(self.group.resolve(QUERY)), GOOD)
        both = self.over(Failover, now(DOWN), now(DOWN))
        for _ in range(5):
            self.error(both.resolve(QUERY))
        self.assertEqual(self.asked(), [5, 5])


class SilenceTests(GroupCase):
    """An upstream that says nothing."""

    def test_patience(self) -> None:
        """After a second and a half the next one is asked as well; whoever answers first wins."""
        for winner in (0, 1):
            group = self.over(Failover, later(GOOD), later(OTHER))
            result = self.pending(group.resolve(QUERY))
            self.clock.advance(1.4)
            self.assertEqual(self.asked(), [1, 0])
            self.clock.advance(0.1)
            self.assertEqual(self.asked(), [1, 1])
            self.pending(result)
            self.upstreams[winner].fireAll()
            self.assertIs(self.successResultOf(result), (GOOD, OTHER)[winner])
            self.assertQuiet()
            self.upstreams[1 - winner].fireAll()
            self.assertEqual([member.won for member in group.members], [1 - winner, winner])

    def test_ownPatience(self) -> None:
        """Each has all of the patience, whenever it is asked."""
        for line in (BROKEN, DOWN):
            self.over(Failover, later(line), later(GOOD), later(OTHER)).resolve(QUERY)
            self.clock.advance(1)
            self.upstreams[0].fireAll()
            self.clock.advance(1.4)
            self.assertEqual(self.asked(), [1, 1, 0])
            self.clock.advance(0.1)
            self.assertEqual(self.asked(), [1, 1, 1])

    def test_silentIsSuspect(self) -> None:
        """Three queries that one is silent about make it suspect, though it hasn't failed yet."""
        group = self.over(Failover, later(GOOD), now(OTHER))
        results = [self.pending(group.resolve(QUERY)) for _ in range(3)]
        self.clock.advance(1.5)
        for result in results:
            self.assertIs(self.answer(result), OTHER)
        self.assertIs(self.answer(group.resolve(QUERY)), OTHER)
        self.assertEqual(self.asked()[0], 3)
        self.assertTrue(group.members[0].suspect)
        self.upstreams[0].fire()
        self.assertFalse(group.members[0].suspect)

    def test_slowName(self) -> None:
        """Who answers others meanwhile is not to blame for a name that takes long."""
        group = self.over(Failover, later(GOOD), now(OTHER))
        slow = [self.pending(group.resolve(QUERY)) for _ in range(5)]
        self.clock.advance(1)
        quick = group.resolve(QUERY)
        self.upstreams[0].fire(-1)
        self.assertIs(self.answer(quick), GOOD)
        self.clock.advance(0.5)
        for result in slow:
            self.assertIs(self.answer(result), OTHER)
        self.assertFalse(group.members[0].suspect)

    def test_lostTrial(self) -> None:
        """A trial that has no outcome makes room for another, some seconds later."""
        group = self.over(Failover, now(DOWN), now(OTHER))
        for _ in range(3):
            group.resolve(QUERY)
        self.upstreams[0].later = True
        for wait, asked in ((0.5, 4), (4.9, 4), (0.1, 5)):
            self.clock.advance(wait)
            self.assertIs(self.answer(group.resolve(QUERY)), OTHER)
            self.assertEqual(self.asked()[0], asked)


class SaidTests(GroupCase):
    """What the log tells."""

    def test_once(self) -> None:
        """A member's fall is one line a minute, with its reason and without names of queries."""
        lines: list[str] = []

        class Log:
            def warn(self, line: str, **values: object) -> None:
                lines.append(line.format(**values))

        self.patch(Member, "_log", Log())
        group = self.over(Failover, Scripted(ResolveError("no route")), now(OTHER))
        for _ in range(50):
            group.resolve(QUERY)
            self.clock.advance(0.5)
        self.assertEqual(lines, ["upstream a is asked last for now: no route"])
