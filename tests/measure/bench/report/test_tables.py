"""What is printed."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.candidate import BEFORE, COMPILED
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
        both = outcome("cached", **{COMPILED: [result(99)], "unbound": [result(100)]})
        self.assertRegex(summary([both]), r"q/s +dotchain-compiled +unbound +0\.99 +>= 1 +not met\n")
        both = outcome("cached", **{COMPILED: [result(100)], "unbound": [result(100)]})
        self.assertRegex(summary([both]), r"q/s +dotchain-compiled +unbound +1\.00 +>= 1 +met\n")

    def test_measuredOn(self) -> None:
        """Processor and Python stand beside every ratio, and above each scenario's table."""
        both = outcome(dotchain=[result(99)], unbound=[result(100)])
        both.measuredOn = "2 × AMD EPYC, Python 3.11.2"
        lines = summary([both]).splitlines()
        self.assertTrue(lines[0].endswith("measured on"))
        for line in lines[1:]:
            self.assertTrue(line.endswith("2 × AMD EPYC, Python 3.11.2"))
        self.assertIn("(2 × AMD EPYC, Python 3.11.2)\n", table(both))

    def test_namedPeer(self) -> None:
        """Where a goal names a peer there is a line for him and one for the best one."""
        three = outcome(
            "unique",
            **{COMPILED: [result(70)], "kresd": [result(100)], "bind+stunnel": [result(1)]},
        )
        self.assertRegex(summary([three]), r"kresd +0\.70 +>= 1\.3 +not met")
        self.assertRegex(summary([three]), r"bind\+stunnel +70\.00 +>= 60 +met")

    def test_before(self) -> None:
        """Another state of dotchain is one that it is compared with, not the best peer."""
        runs = {"dotchain": [result(9, 3)], BEFORE: [result(99, 4)], "unbound": [result(10, 1)]}
        said = summary([outcome("unique", **runs)])
        self.assertRegex(said, r"CPU µs/query +dotchain +dotchain-before +0\.75 +<= 0\.75 +met")
        self.assertNotRegex(said, r"q/s +\S+ +dotchain-before")
        self.assertNotRegex(said, r"dotchain-before +dotchain-before")

    def test_itself(self) -> None:
        """A goal may be about dotchain's figure beside its own of another run; no peer is needed for it."""
        alone = Outcome("silent", "", (TO_ALONE,), {"dotchain": [run({TO_ALONE: 2.01})]})
        self.assertRegex(summary([alone]), r"p99 to alone +dotchain +itself +2\.01 +<= 2 +not met")

    def test_document(self) -> None:
        """JSON has every round."""
        made = document({"Python": "3"}, [outcome(bind=[result(1), result(2)])])
        runs = made["scenarios"][0]["runs"]["bind"]
        self.assertEqual([one["figures"]["q/s"] for one in runs], [1, 2])
