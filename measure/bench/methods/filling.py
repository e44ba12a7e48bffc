"""The memory of a full cache."""

from __future__ import annotations

from typing import ClassVar

from ..candidate import Candidate
from ..load.dnsperf import Load, ask, read
from ..load.names import write
from ..load.processes import resident
from .figures import FULL_MB, KEPT_RATE, NAME_OCTETS, REST_MB, Figure, Run, run
from .method import Method

# Queries a second: what everyone can do, so that no name is missing.
_RATE = 20_000


class Filling(Method):
    """Asks for each name once; its candidates are started for each run anew."""

    figures: ClassVar[tuple[Figure, ...]] = (NAME_OCTETS, FULL_MB, REST_MB, KEPT_RATE)

    def measure(self, candidate: Candidate) -> Run:
        """Fill, and divide what it grew by."""
        names, port = self.plan.count(self.plan.names), candidate.ports["udp"]
        before = resident(candidate.pids)
        file = write(self.folder / "filling", "f", names)
        patience = names / 1000 + 60
        limits = ("-n", "1", "-l", f"{patience:g}", "-Q", str(_RATE))
        answers = read(ask(Load("udp", 1), port, file, *limits, seconds=patience + 60))
        full = resident(candidate.pids)
        figures = {
            NAME_OCTETS: (full - before) / max(answers.answered, 1),
            FULL_MB: full / 1e6,
            REST_MB: before / 1e6,
            KEPT_RATE: answers.rate,
        }
        return run(figures, answers.good and answers.answered >= 0.99 * names)
