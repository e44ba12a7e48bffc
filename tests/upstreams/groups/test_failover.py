"""The group C{failover}: one after the other, and back."""

from __future__ import annotations

from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.health import HEALTHY, SUSPECT

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
        self.assertEqual(group.members[0].state, SUSPECT)
        self.upstreams[0].fireAll()

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
        self.assertEqual(group.members[0].state, HEALTHY)
