"""The group C{race}: all at once."""

from __future__ import annotations

from dotchain.upstreams.groups.race import Race

from .groupcase import BROKEN, DOWN, GOOD, OTHER, QUERY, GroupCase, counts, later, now


class RaceTests(GroupCase):
    """L{Race}."""

    def test_firstWins(self) -> None:
        """All are asked at once; who answers first wins, and the others are ignored."""
        group = self.over(Race, later(GOOD), later(OTHER), later(DOWN))
        result = self.pending(group.resolve(QUERY))
        self.assertEqual(self.asked(), [1, 1, 1])
        self.upstreams[1].fireAll()
        self.assertIs(self.answer(result), OTHER)
        self.assertQuiet()
        self.upstreams[0].fireAll()
        self.upstreams[2].fireAll()
        self.assertEqual(counts(group.members), [(1, 0, 0), (1, 1, 0), (1, 0, 1)])

    def test_goodWins(self) -> None:
        """A failure or SERVFAIL that comes first wins only where nothing better comes."""
        group = self.over(Race, later(DOWN), later(BROKEN), later(GOOD))
        result = group.resolve(QUERY)
        self.upstreams[0].fireAll()
        self.upstreams[1].fireAll()
        self.pending(result)
        self.clock.advance(2)
        self.pending(result)
        self.upstreams[2].fireAll()
        self.assertIs(self.answer(result), GOOD)
        group = self.over(Race, later(DOWN), later(BROKEN))
        result = group.resolve(QUERY)
        for upstream in self.upstreams:
            upstream.fireAll()
        self.assertIs(self.answer(result), BROKEN)
        self.assertQuiet()

    def test_atOnce(self) -> None:
        """An answer that is known now spares those that were not asked yet."""
        group = self.over(Race, now(DOWN), now(GOOD), now(OTHER))
        self.assertIs(self.answer(group.resolve(QUERY)), GOOD)
        self.assertEqual(self.asked(), [1, 1, 0])

    def test_allFail(self) -> None:
        """When the last has failed, so has the query."""
        for make in (now, later):
            group = self.over(Race, make(DOWN), make(DOWN), make(DOWN))
            result = group.resolve(QUERY)
            for upstream in self.upstreams:
                upstream.fireAll()
            self.assertEqual(self.error(result).text, "connection refused; 3 upstreams asked")
            self.assertQuiet()

    def test_deadline(self) -> None:
        """At the deadline the query fails, or gets what came that was not good enough."""
        group = self.over(Race, later(GOOD), later(BROKEN))
        first, second = group.resolve(QUERY), group.resolve(QUERY)
        self.upstreams[1].fire()
        self.clock.advance(4.5)
        self.assertIs(self.answer(first), BROKEN)
        self.assertEqual(self.error(second).text, "no answer within 4.5 s, 2 upstreams asked")
        self.assertQuiet()

    def test_suspectsToo(self) -> None:
        """Who has failed often is asked all the same: it costs nobody any time."""
        group = self.over(Race, later(DOWN), later(GOOD))
        for _ in range(5):
            result = group.resolve(QUERY)
            for upstream in self.upstreams:
                upstream.fireAll()
            self.assertIs(self.answer(result), GOOD)
        self.assertEqual(self.asked(), [5, 5])
