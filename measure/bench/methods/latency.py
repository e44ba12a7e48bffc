"""How late answers are at half load."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ..candidate import Candidate
from ..load.background import readVisits, together, visitors
from ..load.dnsperf import Load, command, latencies, quantile
from ..plan import Plan
from .figures import FAILED, KEPT_CONNECTIONS, KEPT_RATE, LOST, P50, P99, P999, Figure, Run, run
from .halfload import HalfLoad

_QUANTILES = {P99: 0.99, P50: 0.5, P999: 0.999}
# Queries a second of the probe: enough for the worst thousandth, too few to be load.
_PROBE_RATE = 2000


class Latency(HalfLoad):
    """
    Two of dnsperf: one is the load, and one on a socket of its own tells of each of its queries.

    The load alone would have to print all its queries, which costs more than asking them.
    """

    figures: ClassVar[tuple[Figure, ...]] = (P99, P50, P999, KEPT_RATE, LOST, FAILED)

    def measure(self, candidate: Candidate) -> Run:
        """Warm up, load, and probe meanwhile."""
        self.warm(candidate)
        with together(*self.commands(candidate)) as running:
            answers = self.answers(running[0], self.seconds)
            late = latencies(running[1].said(60))
            others = self.others([one.said(60) for one in running[2:]])
        quantiles = {figure: 1e6 * quantile(late, share) for figure, share in _QUANTILES.items()}
        counted = {KEPT_RATE: answers.rate, LOST: answers.lost, FAILED: answers.failed}
        return run({**quantiles, **counted, **others}, answers.good and self.keepsUp(answers))

    def commands(self, candidate: Candidate) -> list[list[str]]:
        """Load and probe."""
        limits = ("-v", "-l", f"{self.seconds:g}", "-Q", str(_PROBE_RATE))
        probe = command(Load(self.load.mode, 1), candidate.ports[self.load.mode], self.names.warm, *limits)
        return [self.beside(candidate, self.seconds), probe]

    def others(self, said: list[str]) -> dict[Figure, float]:
        """The figures of what runs beside load and probe."""
        return {}


class LatencyInTraffic(Latency):
    """The same while TLS connections come and go."""

    figures: ClassVar[tuple[Figure, ...]] = (*Latency.figures, KEPT_CONNECTIONS)

    def __init__(self, plan: Plan, folder: Path, load: Load, visits: int) -> None:
        """
        @param visits: connections a second.
        """
        super().__init__(plan, folder, load)
        self._visits = plan.count(int(visits * self.seconds))

    def commands(self, candidate: Candidate) -> list[list[str]]:
        """A visitor more."""
        visitor = visitors(candidate.ports["dot"], self.seconds, self._visits)
        return [*super().commands(candidate), visitor]

    def others(self, said: list[str]) -> dict[Figure, float]:
        """How many visits a second there were."""
        return {KEPT_CONNECTIONS: sum(readVisits(text).rate for text in said)}
