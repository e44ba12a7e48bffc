"""As many answers as go, or as a rate allows, and what they cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from ..candidate import Candidate
from ..load.dnsperf import Answers, Load, ask, measure
from ..load.names import Known
from ..plan import Plan
from .figures import CPU, FAILED, KEPT_RATE, LOST, RATE, Figure, Run, run
from .method import Method


class Throughput(Method):
    """
    dnsperf for a while.

    @ivar rate: queries a second at the most; 0 for as many as are answered.
    """

    figures: ClassVar[tuple[Figure, ...]] = (RATE, CPU, LOST, FAILED)

    def __init__(
        self, plan: Plan, folder: Path, load: Load, names: type[Known] = Known, count: int = 1000
    ) -> None:
        """
        @param names: the source of names.
        @param count: of names that are asked for before each run.
        """
        super().__init__(plan, folder)
        connections = plan.count(load.connections)
        self.load = replace(load, connections=connections, threads=plan.threads)
        self.names = names(folder, plan.count(count))
        self.rate: float = plan.rate

    @property
    def seconds(self) -> float:
        """How long a run takes; with very many connections twice as long, as their handshakes are in it."""
        return self.plan.lasts() * (2 if self.load.connections > 500 else 1)

    def measure(self, candidate: Candidate) -> Run:
        """Fill caches and open upstream connections, then one run."""
        return self.read(self.loaded(candidate, self.seconds))

    def read(self, answers: Answers) -> Run:
        """The figures."""
        figures = {RATE: answers.rate, CPU: answers.cpu, LOST: answers.lost, FAILED: answers.failed}
        return run(figures, answers.good and self.keepsUp(answers))

    def loaded(self, candidate: Candidate, seconds: float) -> Answers:
        """Warm up, and load."""
        self.warm(candidate)
        port, file = candidate.ports[self.load.mode], self.names.file(seconds, self.rate)
        return measure(self.load, port, file, seconds, candidate.pids, *self.limits())

    def warm(self, candidate: Candidate) -> None:
        """Each name that is asked for again and again, once."""
        ask(self.load, candidate.ports[self.load.mode], self.names.warm, "-n", "1")

    def limits(self) -> tuple[str, ...]:
        """dnsperf's options about when and how fast."""
        return (*self.names.limits, *(("-Q", f"{self.rate:.0f}") if self.rate else ()))

    def keepsUp(self, answers: Answers) -> bool:
        """The rate was reached, where there is one."""
        return answers.rate >= 0.98 * self.rate


class Cost(Throughput):
    """The same at a given rate, for the sake of processor time."""

    figures: ClassVar[tuple[Figure, ...]] = (CPU, KEPT_RATE, LOST, FAILED)

    def __init__(self, plan: Plan, folder: Path, load: Load, rate: int) -> None:
        super().__init__(plan, folder, load)
        self.rate = plan.rate or rate
