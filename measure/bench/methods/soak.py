"""A long run at half load: what is lost, and what grows."""

from __future__ import annotations

import time
from typing import ClassVar

from ..candidate import Candidate
from ..load.background import together
from ..load.processes import resident
from ..plan import SOAK_SECONDS
from .figures import FAILED, GROWN_KB, KEPT_RATE, LOST, Figure, Run, run
from .halfload import HalfLoad

_WARM_UP = 1 / 4


class Soak(HalfLoad):
    """Memory is looked at after a quarter of the run, and at its end."""

    figures: ClassVar[tuple[Figure, ...]] = (LOST, GROWN_KB, KEPT_RATE, FAILED)

    @property
    def seconds(self) -> float:
        """A minute."""
        return self.plan.lasts(SOAK_SECONDS)

    def measure(self, candidate: Candidate) -> Run:
        """One run."""
        self.warm(candidate)
        with together(self.beside(candidate, self.seconds)) as (load,):
            time.sleep(self.seconds * _WARM_UP)
            before = resident(candidate.pids)
            answers = self.answers(load, self.seconds)
        grown = (resident(candidate.pids) - before) / 1000
        figures = {
            LOST: float(answers.lost),
            GROWN_KB: grown,
            KEPT_RATE: answers.rate,
            FAILED: float(answers.failed),
        }
        return run(figures, answers.good and self.keepsUp(answers))
