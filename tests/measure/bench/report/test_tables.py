"""What is printed."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.methods.figures import TO_ALONE, run
from measure.bench.report.outcomes import outcome, result
from measure.bench.report.tables import document, summary, table
from measure.bench.rounds import Outcome


class TableTests(SynchronousTestCase):
    """One scenario."""

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

    def test_notGood(self) -> None:
        """Who didn't do the work is marked."""
        self.assertIn("bind !", table(outcome(bind=[result(5), result(5, good=False)])))

    def test_absent(self) -> None:
        """Who is missing is named with the reason."""
        none = outcome()
        none.absent["kresd"] = "kresd is not installed"
        self.assertIn("kresd is missing: kresd is not installed", table(none))


class SummaryTests(SynchronousTestCase):
    """All scenarios."""

    def test_alone(self) -> None:
        """Without a peer there is no ratio."""
        alone = outcome(dotchain=[result(900)])
        self.assertIn("dotchain", table(alone))
        self.assertNotIn("\n", summary([alone]))

    def test_noCpu(self) -> None:
        """A peer whose run was too short for the clock's ticks gives no ratio, rather than an error."""
        both = outcome(dotchain=[result(200)], unbound=[result(100, cpu=0)])
        self.assertNotIn("CPU", summary([both]))

    def test_goals(self) -> None:
        """A goal stands beside the ratio that it is about, with whether it is met."""
        both = outcome(dotchain=[result(99)], unbound=[result(100)])
        self.assertRegex(summary([both]), r"q/s +dotchain +unbound +0\.99 +>= 1 +not met\n")
        both = outcome(dotchain=[result(100)], unbound=[result(100)])
        self.assertRegex(summary([both]), r"q/s +dotchain +unbound +1\.00 +>= 1 +met\n")

    def test_namedPeer(self) -> None:
        """Where a goal names a peer there is a line for him and one for the best one."""
        three = outcome(
            "unique",
            **{"dotchain": [result(50)], "kresd": [result(100)], "bind+stunnel": [result(1)]},
        )
        self.assertRegex(summary([three]), r"kresd +0\.50 +>= 1\.1 +not met")
        self.assertRegex(summary([three]), r"bind\+stunnel +50\.00 +>= 40 +met")

    def test_itself(self) -> None:
        """A goal may be about dotchain's figure beside its own of another run; no peer is needed for it."""
        alone = Outcome("silent", "", (TO_ALONE,), {"dotchain": [run({TO_ALONE: 2.01})]})
        self.assertRegex(summary([alone]), r"p99 to alone +dotchain +itself +2\.01 +<= 2 +not met")

    def test_document(self) -> None:
        """JSON has every round."""
        made = document({"Python": "3"}, [outcome(bind=[result(1), result(2)])])
        runs = made["scenarios"][0]["runs"]["bind"]
        self.assertEqual([one["figures"]["q/s"] for one in runs], [1, 2])
