"""New TLS connections."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ..candidate import Candidate
from ..load.background import readVisits, together, visitors
from ..load.processes import cpuSeconds
from ..load.visit import Visitor
from ..load.visits import CLIENTS
from ..plan import Plan
from .figures import CONNECTION_CPU, CONNECTIONS, FAILED, RESUMED, Figure, Run, run
from .method import Method

_PROCESSES = 2


class Arrivals(Method):
    """
    Clients that connect, shake hands, ask for a name in the cache, and leave, as often as it goes.

    They take more processor time than the daemon, so that connections a second show the lesser part of a
    difference between daemons where all share the processors; the daemon's processor time shows all of it.
    """

    figures: ClassVar[tuple[Figure, ...]] = (CONNECTIONS, CONNECTION_CPU, RESUMED, FAILED)

    def __init__(self, plan: Plan, folder: Path, resumes: bool) -> None:
        """
        @param resumes: each client offers the session of its last visit.
        """
        super().__init__(plan, folder)
        self._resumes = resumes

    def measure(self, candidate: Candidate) -> Run:
        """Clients side by side for a while."""
        port, seconds = candidate.ports["dot"], self.plan.lasts()
        Visitor(port).visit()
        before = cpuSeconds(candidate.pids)
        commands = [visitors(port, seconds, resumes=self._resumes) for _ in range(_PROCESSES)]
        with together(*commands) as running:
            visits = [readVisits(one.said(seconds + 60)) for one in running]
        done, resumed = sum(one.done for one in visits), sum(one.resumed for one in visits)
        failed = sum(one.failed for one in visits)
        figures = {
            CONNECTIONS: sum(one.rate for one in visits),
            CONNECTION_CPU: 1e6 * (cpuSeconds(candidate.pids) - before) / max(done, 1),
            RESUMED: 100 * resumed / max(done, 1),
            FAILED: failed,
        }
        # The first visit of a client has nothing to resume.
        wanted = 0.98 * done - _PROCESSES * CLIENTS if self._resumes else 0
        return run(figures, done > 0 and failed * 100 <= done and resumed >= wanted)
