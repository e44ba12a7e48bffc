"""What dotchain means to reach."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.candidate import BEFORE, isOwn
from measure.bench.methods.figures import CPU, P99, RATE, Figure
from measure.bench.plan import QUICK
from measure.bench.report.goals import GOALS, Goal, goal
from measure.bench.report.outcomes import outcome, result
from measure.bench.report.ratios import Comparison, Spread, compare
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

    def bounds(self, scenario: str, figure: Figure = RATE, besides: str = "") -> dict[str, float]:
        """The bound for each way in which dotchain takes part there."""
        ratio = Spread([1.0])
        found = {
            label: goal(Comparison(scenario, label, figure, besides or "best", ratio), besides)
            for label in filter(isOwn, SCENARIOS[scenario].role)
        }
        return {label: one.bound for label, one in found.items() if one}

    def test_build(self) -> None:
        """What dotchain is to do beside its peers it is to do compiled; what it may take, in any build."""
        self.assertEqual(self.bounds("unique"), {"dotchain-compiled": 1.3})
        self.assertEqual(self.bounds("unique", besides="bind+stunnel"), {"dotchain-compiled": 60})
        self.assertLess({"dotchain", "dotchain-compiled"}, set(self.bounds("latency", P99)))

    def test_behind(self) -> None:
        """Either transport to the nameserver behind has a goal, UDP a lower one on few connections."""
        for number, tcp, udp in ((1, 1.4, 1.2), (20, 1.4, 1.2), (200, 1.0, 1.0), (1000, 1.2, 1.2)):
            self.assertEqual(
                self.bounds(f"dot-in-{number}"),
                {"dotchain-compiled-tcp": tcp, "dotchain-compiled-udp": udp},
            )

    def test_before(self) -> None:
        """The interpreted build is compared with its own earlier state."""
        self.assertEqual(self.bounds("unique", CPU, BEFORE)["dotchain"], 0.75)
