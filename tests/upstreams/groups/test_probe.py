"""Probes: how a group finds out that a member answers again."""

from __future__ import annotations

import dns.rdatatype

from dotchain.testing import Scripted
from dotchain.upstreams.groups import health
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.fastest import Fastest
from dotchain.upstreams.groups.race import Race

from .groupcase import BROKEN, DOWN, GOOD, NOWHERE, OTHER, QUERY, REJECTED, GroupCase, later, now


class ProbeCase(GroupCase):
    """A group whose first member is suspect, and whose second works."""

    def setUp(self) -> None:
        """The first has just failed three times."""
        super().setUp()
        self.group = self.over(Failover, now(DOWN), now(OTHER))
        self.bad = self.upstreams[0]
        self.member = self.group.members[0]
        self.ask(3)
        self.assertEqual(self.member.state, health.SUSPECT)

    def ask(self, times: int = 1) -> tuple[int, int]:
        """Ask so often; every query is answered by the second. Live queries and probes of the first by it."""
        asked, probes = self.member.asked, self.member.probes
        for _ in range(times):
            self.assertIs(self.answer(self.group.resolve(QUERY)), OTHER)
        return self.member.asked - asked, self.member.probes - probes


class ProbeTests(ProbeCase):
    """L{Probe}."""

    def test_leftAlone(self) -> None:
        """Before the wait is over it gets neither queries nor probes."""
        self.clock.advance(0.3)
        self.assertEqual(self.ask(20), (0, 0))

    def test_idle(self) -> None:
        """Without queries there are no probes, whatever its state, and nothing waits in the reactor."""
        self.assertQuiet()
        self.clock.advance(3600)
        self.assertEqual(self.asked(), [3, 3])

    def test_query(self) -> None:
        """
        A probe asks for the root's nameservers, which tells nobody what the clients ask,
        without RD: an upstream must be able to answer by itself (RFC 1034 section 4.3.1).
        """
        self.clock.advance(0.5)
        self.ask()
        probe = self.bad.asked[-1]
        self.assertEqual((probe.name.to_text(), probe.type, probe.flags), (".", dns.rdatatype.NS, 0))

    def test_oneInFlight(self) -> None:
        """However many queries come, one probe is out, and no client waits for it."""
        self.bad.later = True
        self.clock.advance(0.5)
        self.assertEqual(self.ask(5), (0, 1))
        self.clock.advance(4)
        self.assertEqual(self.ask(5), (0, 0))
        self.bad.fireAll()
        self.assertEqual(self.member.state, health.DOWN)
        self.assertQuiet()
        self.assertEqual(self.ask(5), (0, 0))

    def test_recovers(self) -> None:
        """Two answers, of whatever RCODE, the second probe right after the first; then it is asked first."""
        for late in (False, True):
            for line in (GOOD, BROKEN, REJECTED, NOWHERE):
                self.setUp()
                self.bad.script, self.bad.later = [line], late
                self.clock.advance(0.5)
                first = self.group.resolve(QUERY)
                self.assertEqual(self.member.probes, 1 if late else 2)
                self.bad.fireAll()
                self.assertIs(self.answer(first), OTHER if late or line in (BROKEN, REJECTED) else line)
                self.assertEqual((self.member.state, self.member.probes), (health.HEALTHY, 2))
                asked = self.member.asked
                self.group.resolve(QUERY)
                self.assertEqual(self.member.asked, asked + 1)
                self.bad.fireAll()
                self.assertQuiet()

    def test_oneIsNotEnough(self) -> None:
        """An answer and a failure make it down."""
        self.bad.script = [GOOD, DOWN]
        self.clock.advance(0.5)
        self.assertEqual(self.ask(5), (0, 2))
        self.assertEqual(self.member.state, health.DOWN)

    def test_failsBack(self) -> None:
        """One that was down for long is back within the longest wait of its first answer."""
        for _ in range(600):
            self.clock.advance(0.5)
            self.ask()
        self.assertEqual((self.member.state, self.member.asked), (health.DOWN, 3))
        self.assertIn(self.member.probes, range(13, 19))
        self.bad.script = [GOOD]
        self.clock.advance(30)
        self.assertIs(self.answer(self.group.resolve(QUERY)), GOOD)
        self.assertEqual(self.member.state, health.HEALTHY)

    def test_lost(self) -> None:
        """A probe that has no outcome within the group's time is given up, and has failed."""
        self.bad.later = True
        self.clock.advance(0.5)
        self.ask()
        self.clock.advance(4.4)
        self.assertEqual(self.member.state, health.SUSPECT)
        self.clock.advance(0.1)
        self.assertEqual(self.member.state, health.DOWN)
        self.assertQuiet()
        self.clock.advance(1)
        self.assertEqual(self.ask(), (0, 1))
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_recoveredMeanwhile(self) -> None:
        """Where live queries were answered meanwhile, a probe that fails is of no interest any more."""
        self.bad.later = True
        self.clock.advance(0.5)
        self.ask()
        self.bad.later = False
        self.bad.script = [GOOD]
        self.upstreams[1].script = [DOWN]
        self.clock.advance(0.5)
        for _ in range(2):
            self.assertIs(self.answer(self.group.resolve(QUERY)), GOOD)
        self.assertEqual(self.member.state, health.HEALTHY)
        self.bad.fireAll()
        self.assertEqual(self.member.state, health.HEALTHY)

    def test_notPreferred(self) -> None:
        """A spare is probed as well, so that it can be relied upon."""
        group = self.over(Failover, now(DOWN, DOWN, DOWN, GOOD), now(*[DOWN] * 5, OTHER))
        for _ in range(3):
            self.error(group.resolve(QUERY))
        self.clock.advance(0.5)
        self.assertIs(self.answer(group.resolve(QUERY)), GOOD)
        self.assertEqual([member.state for member in group.members], [health.HEALTHY, health.DOWN])
        self.clock.advance(1)
        self.assertIs(self.answer(group.resolve(QUERY)), GOOD)
        self.assertEqual(group.members[1].state, health.DOWN)
        self.clock.advance(2)
        self.assertIs(self.answer(group.resolve(QUERY)), GOOD)
        self.assertEqual(group.members[1].state, health.HEALTHY)

    def test_bug(self) -> None:
        """One that fails in a way that upstreams must not is down, and its bug is logged."""
        self.bad.script = [KeyError("bug")]
        self.clock.advance(0.5)
        self.ask()
        self.assertEqual(self.member.state, health.DOWN)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)


class OutOfFavourTests(GroupCase):
    """Members that are not healthy as a last resort."""

    def test_lastResort(self) -> None:
        """Where all others fail, a suspect is asked all the same."""
        group = self.over(Failover, now(DOWN, DOWN, DOWN, GOOD), now(OTHER, OTHER, OTHER, DOWN))
        answers = [self.answer(group.resolve(QUERY)) for _ in range(8)]
        self.assertEqual(answers, [OTHER] * 3 + [GOOD] * 5)

    def test_allDown(self) -> None:
        """Where none is healthy each query asks all, in their order; the first answers make healthy."""
        group = self.over(Failover, now(DOWN), now(DOWN))
        for _ in range(5):
            self.error(group.resolve(QUERY))
        self.assertEqual(self.asked(), [5, 5])
        self.upstreams[1].script = [OTHER]
        for _ in range(2):
            self.assertIs(self.answer(group.resolve(QUERY)), OTHER)
        self.assertEqual([member.state for member in group.members], [health.SUSPECT, health.HEALTHY])
        self.assertIs(self.answer(group.resolve(QUERY)), OTHER)
        self.assertEqual(self.asked(), [7, 8])

    def test_allDownProbes(self) -> None:
        """Meanwhile each has a single probe out, however many queries come."""
        group = self.over(Failover, later(DOWN), later(DOWN))
        results = []
        for _ in range(3):
            results.append(group.resolve(QUERY))
            for upstream in self.upstreams:
                upstream.fireAll()
        self.clock.advance(0.5)
        results += [group.resolve(QUERY) for _ in range(10)]
        self.assertEqual([member.probes for member in group.members], [1, 1])
        for upstream in self.upstreams:
            upstream.fireAll()
        for result in results:
            self.error(result)
        self.assertEqual([member.state for member in group.members], [health.DOWN, health.DOWN])
        self.assertQuiet()

    def test_servfailIsHealthy(self) -> None:
        """SERVFAIL for every name is an answer, and not the upstream's fault."""
        for options in ({}, {"next_on": ""}):
            group = self.over(Failover, now(BROKEN), now(OTHER), **options)
            for _ in range(50):
                self.answer(group.resolve(QUERY))
                self.clock.advance(0.1)
            self.assertEqual(self.asked(), [50, 0 if options else 50])
            self.assertEqual((group.members[0].state, group.members[0].probes), (health.HEALTHY, 0))

    def test_race(self) -> None:
        """In a race all get every query; those that fail are probed besides, and recover."""
        bad = Scripted(DOWN, later=True)
        group = self.over(Race, bad, later(OTHER))
        for _ in range(3):
            group.resolve(QUERY)
            bad.fireAll()
            self.upstreams[1].fireAll()
        self.assertEqual(group.members[0].state, health.SUSPECT)
        bad.script = [GOOD]
        self.clock.advance(0.5)
        result = group.resolve(QUERY)
        self.assertEqual((bad.asked[-1], group.members[0].probes), (QUERY, 1))
        bad.fireAll()
        self.assertIs(self.answer(result), GOOD)
        self.assertEqual(group.members[0].state, health.HEALTHY)

    def test_fastest(self) -> None:
        """A probe tells of health alone: the pace that it shows is that of an answer from a cache."""
        group = self.over(Fastest, now(DOWN), now(DOWN))
        for _ in range(3):
            self.error(group.resolve(QUERY))
        latency = group.members[0].latency
        self.clock.advance(0.5)
        self.upstreams[0].script = [GOOD]
        self.answer(group.resolve(QUERY))
        self.assertEqual(group.members[0].state, health.HEALTHY)
        self.assertAlmostEqual(group.members[0].latency, latency * 0.875)
