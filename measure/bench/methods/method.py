"""What every kind of run has."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from ..candidate import Candidate
from ..load.dnsperf import LoadError
from ..plan import Plan
from .figures import Figure, Run

FAILURES = (LoadError, OSError, subprocess.SubprocessError)
"""What a run raises that gives no figures: of a load generator, or for a daemon that ended."""


class Method:
    """
    How a scenario is measured.

    @cvar figures: what it gives, the one that it is about first.
    """

    figures: ClassVar[tuple[Figure, ...]] = ()

    def __init__(self, plan: Plan, folder: Path) -> None:
        """
        @param folder: for query files.
        """
        self.plan, self.folder = plan, folder

    def prepare(self, everyone: Mapping[str, Candidate]) -> None:
        """Learn from those who take part before the first round."""

    def measure(self, candidate: Candidate) -> Run:
        """
        One run.

        @raise Exception: one of L{FAILURES}, where there are no figures.
        """
        raise NotImplementedError
