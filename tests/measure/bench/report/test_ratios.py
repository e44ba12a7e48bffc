"""Ratios, and who the best peer is."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.methods.figures import CPU, RATE, TO_ALONE, run
from measure.bench.report.outcomes import outcome, result
from measure.bench.report.ratios import ITSELF, bestPeer, compare
from measure.bench.rounds import Outcome


class BestPeerTests(SynchronousTestCase):
    """Whom dotchain is compared with."""

    def test_most(self) -> None:
        """The one with the highest median where more is better; dotchain is no peer of itself."""
        both = outcome(
            dotchain=[result(900)] * 3,
            bind=[result(300), result(10), result(320)],
            unbound=[result(290), result(295), result(990)],
        )
        self.assertEqual(bestPeer(both, RATE), "bind")

    def test_least(self) -> None:
        """The one with the lowest median where less is better."""
        both = outcome(dotchain=[result(1, 1)], bind=[result(9, 5)], unbound=[result(3, 4)])
        self.assertEqual(bestPeer(both, CPU), "unbound")

    def test_notGood(self) -> None:
        """Who answers fast with errors, or doesn't keep up, is no measure."""
        both = outcome(bind=[result(900, good=False)], unbound=[result(300)])
        self.assertEqual(bestPeer(both, RATE), "unbound")

    def test_none(self) -> None:
        """Without a peer there is nothing to compare with."""
        alone = outcome(dotchain=[result(900)])
        self.assertIsNone(bestPeer(alone, RATE))
        self.assertEqual(compare(alone, RATE), [])


class CompareTests(SynchronousTestCase):
    """dotchain beside a peer."""

    def test_ways(self) -> None:
        """Each way in which dotchain takes part has a ratio of its own, dotchain's over the peer's."""
        ways = {"dotchain-tcp": [result(50)], "dotchain-udp": [result(25)]}
        three = outcome("dot-in-1", **ways, stunnel=[result(100)])
        found = [(one.label, one.peer, one.ratio.middle) for one in compare(three, RATE)]
        self.assertEqual(found, [("dotchain-tcp", "stunnel", 0.5), ("dotchain-udp", "stunnel", 0.25)])

    def test_within(self) -> None:
        """What is a ratio already is told as it is, whatever that of a peer is."""
        runs = {"dotchain": [run({TO_ALONE: 1.5}), run({TO_ALONE: 2.5})], "unbound": [run({TO_ALONE: 9})]}
        (found,) = compare(Outcome("silent", "", (TO_ALONE,), runs), TO_ALONE)
        self.assertEqual((found.label, found.peer), ("dotchain", ITSELF))
        self.assertEqual(found.ratio.values, (1.5, 2.5))
