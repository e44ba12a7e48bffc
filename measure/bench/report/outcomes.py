"""Outcomes for tests."""

from __future__ import annotations

from ..methods.figures import CPU, FAILED, LOST, RATE, Run, run
from ..rounds import Outcome

FIGURES = (RATE, CPU, LOST, FAILED)


def result(rate: float, cpu: float = 1.0, failed: int = 0, lost: int = 0, good: bool = True) -> Run:
    """A run."""
    return run({RATE: rate, CPU: cpu, LOST: lost, FAILED: failed}, good)


def outcome(name: str = "cached", **runs: list[Run]) -> Outcome:
    """What came of a scenario."""
    return Outcome(name, "from the cache", FIGURES, runs)
