"""Ratios, and who the best peer is."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .load import Result
from .report import bestPeer, document, summary, table
from .scenarios import Outcome


def result(rate: float, cpu: float = 1.0, failed: int = 0, lost: int = 0) -> Result:
    """A run with 1,000 answers."""
    return Result(1000, lost, failed, rate, cpu)


def outcome(rate: int = 0, **results: list[Result]) -> Outcome:
    """What came of a scenario."""
    return Outcome("cached", "from the cache", rate, results)


class BestPeerTests(SynchronousTestCase):
    """Whom dotchain is compared with."""

    def test_fastest(self) -> None:
        """The one with the highest median; dotchain is no peer of itself."""
        both = outcome(
            dotchain=[result(900)] * 3,
            bind=[result(300), result(10), result(320)],
            unbound=[result(290), result(295), result(990)],
        )
        self.assertEqual(bestPeer(both), "bind")

    def test_failures(self) -> None:
        """Who answers fast with errors is no peer."""
        both = outcome(bind=[result(900, failed=900)], unbound=[result(300)])
        self.assertEqual(bestPeer(both), "unbound")

    def test_none(self) -> None:
        """Without a peer there is none, and tables have no ratio."""
        alone = outcome(dotchain=[result(900)])
        self.assertIsNone(bestPeer(alone))
        self.assertIn("dotchain", table(alone))
        self.assertNotIn("dotchain  ", summary([alone]).partition("\n")[2])

    def test_givenRate(self) -> None:
        """At a given rate, the cheapest of those that keep up with it."""
        three = outcome(
            100, bind=[result(100, cpu=9)], unbound=[result(99, cpu=5)], stubby=[result(50, cpu=1)]
        )
        self.assertEqual(bestPeer(three), "unbound")


class TableTests(SynchronousTestCase):
    """What is printed."""

    def test_roundByRound(self) -> None:
        """A ratio is of the same round, so a slow round of the machine doesn't spread it."""
        both = outcome(
            dotchain=[result(200, cpu=3), result(20, cpu=30)], unbound=[result(100, 6), result(10, 60)]
        )
        self.assertIn("2.00 (2.00-2.00)", table(both))
        self.assertIn("0.50 (0.50-0.50)", summary([both]))

    def test_oneRound(self) -> None:
        """A single round has no spread."""
        self.assertNotIn("(", table(outcome(dotchain=[result(1234)])))

    def test_lossesAdd(self) -> None:
        """Lost and failed queries are those of all rounds."""
        line = table(outcome(bind=[result(5, failed=3, lost=40), result(5, failed=4, lost=2)]))
        self.assertRegex(line, r"42 +7")

    def test_absent(self) -> None:
        """Who is missing is named with the reason."""
        none = outcome()
        none.absent["kresd"] = "kresd is not installed"
        self.assertIn("kresd is missing: kresd is not installed", table(none))

    def test_noCpu(self) -> None:
        """A peer whose run was too short for the clock's ticks gives no ratio, rather than an error."""
        both = outcome(dotchain=[result(200)], unbound=[result(100, cpu=0)])
        self.assertTrue(summary([both]).endswith("-"))

    def test_document(self) -> None:
        """JSON has every round."""
        made = document({"Python": "3"}, [outcome(bind=[result(1), result(2)])])
        self.assertEqual([one["rate"] for one in made["scenarios"][0]["results"]["bind"]], [1, 2])
