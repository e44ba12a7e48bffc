"""The group C{hedge}: a second one where the first is unusually late."""

from __future__ import annotations

from dotchain.options import OptionError
from dotchain.resolver import Result
from dotchain.upstreams.groups.hedge import Hedge, Latencies

from .groupcase import GOOD, OTHER, QUERY, GroupCase, later, now


class HedgeTests(GroupCase):
    """L{Hedge}."""

    def known(self, **options: str) -> Hedge:
        """A group whose first member is known to take 10 to 29 ms."""
        group = self.over(Hedge, later(GOOD), later(OTHER), later(OTHER), **options)
        for milliseconds in range(10, 30):
            result = group.resolve(QUERY)
            self.clock.advance(milliseconds / 1000)
            self.upstreams[0].fireAll()
            self.answer(result)
        self.assertEqual(self.asked(), [20, 0, 0])
        return group

    def late(self, group: Hedge, seconds: float = 0.03) -> Result:
        """A query that the first is late with."""
        result = self.pending(group.resolve(QUERY))
        self.clock.advance(seconds)
        return result

    def test_unknown(self) -> None:
        """As long as fewer than 20 answers are known, the next is asked after the patience."""
        group = self.over(Hedge, later(GOOD), now(OTHER))
        result = self.late(group, 1.4)
        self.assertEqual(self.asked(), [1, 0])
        self.clock.advance(0.1)
        self.assertIs(self.answer(result), OTHER)
        self.assertEqual(group.hedged, 0)

    def test_late(self) -> None:
        """After what 95 of 100 answers took, the next one is asked as well; the first answer wins."""
        for winner, answer in ((0, GOOD), (1, OTHER)):
            group = self.known()
            result = self.late(group, 0.028)
            self.assertEqual(self.asked(), [21, 0, 0])
            self.clock.advance(0.0011)
            self.assertEqual(self.asked(), [21, 1, 0])
            self.upstreams[winner].fireAll()
            self.assertIs(self.answer(result), answer)
            self.assertQuiet()
            self.upstreams[1 - winner].fireAll()
            self.assertEqual(group.hedged, 1)

    def test_oneAtATime(self) -> None:
        """The third is asked only after the patience with the second."""
        group = self.known()
        result = self.late(group)
        self.clock.advance(1.4)
        self.assertEqual(self.asked(), [21, 1, 0])
        self.clock.advance(0.1)
        self.assertEqual(self.asked(), [21, 1, 1])
        self.upstreams[2].fireAll()
        self.assertIs(self.answer(result), OTHER)

    def test_share(self) -> None:
        """Ten queries in a hundred are hedged, after a few in a row; the others wait for the patience."""
        group = self.known()
        results = [self.late(group) for _ in range(40)]
        self.assertEqual(group.hedged, 13)
        self.assertEqual(self.asked(), [60, 13, 0])
        self.clock.advance(1.5)
        self.assertEqual(self.asked()[:2], [60, 40])
        self.upstreams[1].fireAll()
        self.assertEqual([self.answer(result) for result in results], [OTHER] * 40)
        self.assertQuiet()

    def test_none(self) -> None:
        """A share of 0 makes it a failover."""
        group = self.known(share="0")
        self.late(group)
        self.assertEqual(self.asked(), [21, 0, 0])

    def test_percent(self) -> None:
        """More than all can't be hedged."""
        error = self.assertRaises(OptionError, self.over, Hedge, now(GOOD), share="101")
        self.assertEqual(error.key, "share")


class LatenciesTests(GroupCase):
    """L{Latencies}."""

    def test_recent(self) -> None:
        """Twenty must be known; the last 128 count."""
        latencies = Latencies()
        for _ in range(19):
            latencies.add(0.5)
        self.assertIsNone(latencies.late)
        latencies.add(0.5)
        self.assertEqual(latencies.late, 0.5)
        for number in range(128 + 16):
            latencies.add(number / 1000 if number < 128 else 0.0)
        self.assertEqual(latencies.late, 0.121)
