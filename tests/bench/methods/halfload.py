"""Half of what the slowest can do: the same rate for all, that none has trouble with."""

from __future__ import annotations

from collections.abc import Mapping

from ..candidate import Candidate
from ..load.background import Background
from ..load.dnsperf import Answers, command, read
from .throughput import Throughput

_TRIAL = 2.0


class HalfLoad(Throughput):
    """Learns its rate from short runs of all, unless the plan has one; then loads beside other work."""

    def prepare(self, everyone: Mapping[str, Candidate]) -> None:
        """Let everyone do what he can."""
        if not self.rate:
            seconds = min(self.plan.lasts(), _TRIAL)
            rates = [self.loaded(candidate, seconds).rate for candidate in everyone.values()]
            self.rate = max(min(rates) / 2, 1)

    def beside(self, candidate: Candidate, seconds: float) -> list[str]:
        """The command that loads one."""
        port, file = candidate.ports[self.load.mode], self.names.file(seconds, self.rate)
        return command(self.load, port, file, "-l", f"{seconds:g}", *self.limits())

    def answers(self, loaded: Background, seconds: float) -> Answers:
        """What came of that."""
        return read(loaded.said(seconds + 60))
