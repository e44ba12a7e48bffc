"""Half of what the slowest can do: the same rate for all, that none has trouble with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from ..candidate import Candidate
from ..load.background import Background
from ..load.dnsperf import Answers, LoadError, command, read
from .method import FAILURES
from .throughput import Throughput

_TRIAL = 2.0


class HalfLoad(Throughput):
    """Learns its rate from short runs of all, unless the plan has one; then loads beside other work."""

    def prepare(self, everyone: Mapping[str, Candidate]) -> None:
        """
        Let everyone do what he can; who can't answer doesn't count.

        @raise LoadError: where nobody can.
        """
        if not self.rate:
            rates = list(self._rates(everyone.values()))
            if not rates:
                raise LoadError("nobody answers, so there is no half of it")
            self.rate = min(rates) / 2

    def _rates(self, candidates: Iterable[Candidate]) -> Iterator[float]:
        for candidate in candidates:
            with suppress(*FAILURES):
                answers = self.loaded(candidate, min(self.plan.lasts(), _TRIAL))
                if answers.good:
                    yield answers.rate

    def beside(self, candidate: Candidate, seconds: float) -> list[str]:
        """The command that loads one."""
        port, file = candidate.ports[self.load.mode], self.names.file(seconds, self.rate)
        return command(self.load, port, file, "-l", f"{seconds:g}", *self.limits())

    def answers(self, loaded: Background, seconds: float) -> Answers:
        """What came of that."""
        return read(loaded.said(seconds + 60))
