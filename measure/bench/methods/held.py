"""Names that another machine has asked for before: as many answers as go, and how late each is."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ..candidate import Candidate
from ..load.dnsperf import Load, ask, latencies, quantile
from ..load.names import Held
from ..plan import Plan
from .figures import CPU, FAILED, LOST, P50, P99, RATE, Figure, Run
from .throughput import Throughput

HELD = 200_000
"""Names in the shared cache: more than anyone asks for in a run."""

# Queries a second of the probe, too few to be load.
_PROBE_RATE = 1000


class HeldNames(Throughput):
    """dnsperf for a while, and then at an easy pace, telling of each query; no name twice."""

    figures: ClassVar[tuple[Figure, ...]] = (RATE, P50, P99, CPU, LOST, FAILED)

    def __init__(self, plan: Plan, folder: Path, load: Load) -> None:
        super().__init__(plan, folder, load)
        count = plan.count(HELD)
        self.held = Held(folder, count, min(int(_PROBE_RATE * self.seconds), count // 2))
        self.names = self.held

    def measure(self, candidate: Candidate) -> Run:
        """Both."""
        done = super().measure(candidate)
        limits = ("-v", "-n", "1", "-Q", str(_PROBE_RATE))
        late = latencies(ask(self.load, candidate.ports[self.load.mode], self.held.probe, *limits))
        times = {figure.name: 1e6 * quantile(late, share) for figure, share in ((P50, 0.5), (P99, 0.99))}
        return Run({**done.figures, **times}, done.good)
