"""From start to the first answer, and the memory that a daemon takes before it has work."""

from __future__ import annotations

import time
from typing import ClassVar

from ..candidate import Candidate
from ..load.processes import resident
from .figures import READY, REST_MB, Figure, Run, run
from .method import Method

# What a daemon still does after its first answer is done by then.
_REST = 1.0


class Starting(Method):
    """Its candidates are started for each run anew."""

    figures: ClassVar[tuple[Figure, ...]] = (READY, REST_MB)

    def measure(self, candidate: Candidate) -> Run:
        """It has started."""
        time.sleep(min(self.plan.lasts(), _REST))
        figures = {READY: candidate.startedIn, REST_MB: resident(candidate.pids) / 1e6}
        return run(figures, candidate.startedIn > 0)
