"""What a stage takes."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.replay import PATH
from measure.bench.stages import HIT, MISS, Step, measure, microseconds, stages, steps, table

_STEPS = [Step("front", "out", "", (MISS,)), Step("special", "special out", "out", (MISS,))]


class StageTests(SynchronousTestCase):
    """C{measure.bench.stages}."""

    def test_everyStage(self) -> None:
        """Each stage that needs no options has a line, with it and without it on its path."""
        made = {step.label: step for step in steps()}
        self.assertLessEqual(stages(), set(made))
        self.assertIn("special", made)
        for step in made.values():
            if step.base:
                self.assertEqual(set(step.path.split()) - set(step.base.split()), {step.label})

    def test_difference(self) -> None:
        """A stage takes what its path takes more; of several rounds the least of each path counts."""
        costs = iter([10.0, 15.0, 11.0, 13.0])
        found = measure(lambda workload, path: next(costs), 2, _STEPS)
        self.assertEqual(found, {(MISS, "out"): 10.0, (MISS, "special out"): 13.0})
        self.assertEqual(
            [line.split() for line in table(_STEPS, found, ".1f").splitlines()][1:],
            [["front", "10.0"], ["special", "+3.0"]],
        )

    def test_real(self) -> None:
        """A run takes time, on either path, and one with a stage that isn't there is an error."""
        for workload in (HIT, MISS):
            self.assertGreater(microseconds(workload, PATH, 100), 0)
        error = self.assertRaises(RuntimeError, microseconds, MISS, "nosuch out", 1)
        self.assertIn("nosuch", str(error))
