"""What dotchain means to reach."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.methods.figures import RATE
from measure.bench.plan import QUICK
from measure.bench.report.goals import GOALS, Goal
from measure.bench.report.outcomes import outcome, result
from measure.bench.report.ratios import compare
from measure.bench.scenarios import SCENARIOS

from ....folders import folder


class GoalTests(SynchronousTestCase):
    """Goals."""

    def test_measured(self) -> None:
        """Each is about something that its scenario compares, with a peer that takes part in it."""
        place = folder(self)
        for one in GOALS:
            scenario = SCENARIOS[one.scenario]
            self.assertIn(one.figure, scenario.method(QUICK, Path(place)).figures)
            self.assertTrue(one.figure.compared)
            self.assertIn(one.peer or next(iter(scenario.role)), scenario.role)

    def test_bounds(self) -> None:
        """At the bound a goal is met; on its wrong side it isn't."""
        (found,) = compare(outcome(dotchain=[result(110)], unbound=[result(100)]), RATE)
        self.assertTrue(Goal("cached", RATE, 1.1).met(found))
        self.assertFalse(Goal("cached", RATE, 1.11).met(found))
