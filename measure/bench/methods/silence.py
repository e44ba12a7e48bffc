"""How late answers are beside names that are never answered."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ..candidate import Candidate
from ..load.background import together
from ..load.dnsperf import command, latencies, quantile, read
from ..load.names import Unique
from ..load.silence import openLoad, silence
from ..plan import Plan
from .figures import (
    ALONE_MOST,
    ALONE_P50,
    ALONE_P99,
    FAILED,
    LOST,
    MOST,
    P50,
    P99,
    TO_ALONE,
    Figure,
    Run,
    run,
)
from .throughput import Throughput

RATE = 1000
"""Names a second that are answered, and as many that aren't."""

# Twice as long as most forwarders wait for an answer, so that they have begun to give names up.
_SECONDS = 10.0

_BESIDE = {P99: 0.99, P50: 0.5, MOST: 1.0}
_ALONE = {ALONE_P99: 0.99, ALONE_P50: 0.5, ALONE_MOST: 1.0}


class Silence(Throughput):
    """
    Unique names at a steady rate, first alone, then beside as many that the server leaves unanswered.

    Each is sent when its time has come, whatever has become of those before. A name that is lost took
    all of dnsperf's patience.
    """

    figures: ClassVar[tuple[Figure, ...]] = (*_BESIDE, TO_ALONE, *_ALONE, LOST, FAILED)

    def __init__(self, plan: Plan, folder: Path) -> None:
        rate = plan.rate or RATE
        super().__init__(plan, folder, openLoad(rate), Unique)
        self.rate = rate

    @property
    def seconds(self) -> float:
        """Of each of the two."""
        return self.plan.lasts(_SECONDS)

    def measure(self, candidate: Candidate) -> Run:
        """Both."""
        self.warm(candidate)
        limit = self.seconds + 60
        with together(self._paced(candidate)) as (good,):
            alone = good.said(limit)
        silent = silence(self.folder, candidate.ports[self.load.mode], self.seconds, self.rate)
        with together(silent, self._paced(candidate)) as (unanswered, good):
            beside, asked = good.said(limit), read(unanswered.said(limit)).asked
        return self._read(alone, beside, asked)

    def _paced(self, candidate: Candidate) -> list[str]:
        port, file = candidate.ports[self.load.mode], self.names.file(self.seconds, self.rate)
        return command(self.load, port, file, "-v", "-l", f"{self.seconds:g}", *self.limits())

    def _read(self, alone: str, beside: str, silent: int) -> Run:
        """
        What both lose and fail is counted together.

        @param silent: for how many names that aren't answered the server was asked.
        """
        figures = {**_quantiles(beside, _BESIDE), **_quantiles(alone, _ALONE)}
        figures[TO_ALONE] = figures[P99] / figures[ALONE_P99]
        both = read(alone), read(beside)
        figures[LOST] = sum(one.lost for one in both)
        figures[FAILED] = sum(one.failed for one in both)
        enough = silent >= 0.98 * self.rate * self.seconds
        return run(figures, enough and all(one.good and self.keepsUp(one) for one in both))


def _quantiles(text: str, shares: dict[Figure, float]) -> dict[Figure, float]:
    late = latencies(text)
    return {figure: 1e6 * quantile(late, share) for figure, share in shares.items()}
