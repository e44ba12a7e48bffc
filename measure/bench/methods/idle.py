"""What a TLS connection takes that nobody uses."""

from __future__ import annotations

import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from ..candidate import Candidate
from ..load.processes import resident
from ..load.visit import Visitor, isOpen
from ..plan import Plan
from .figures import CONNECTION_KB, OPEN, Figure, Run, run
from .method import Method

IDLE_SECONDS = 120
"""So long everyone must keep a connection without queries."""

# Opening them is given up after that, so that the first ones still stand.
_PATIENCE = 60.0
_AT_ONCE = 8


class Idle(Method):
    """Opens many connections with one query each, and divides what the daemon grew by."""

    figures: ClassVar[tuple[Figure, ...]] = (CONNECTION_KB, OPEN)

    def __init__(self, plan: Plan, folder: Path, connections: int) -> None:
        super().__init__(plan, folder)
        self._connections = plan.count(connections)

    def measure(self, candidate: Candidate) -> Run:
        """One run; a daemon that had connections before keeps some of what they took."""
        visitor = Visitor(candidate.ports["dot"])
        visitor.visit()
        before = resident(candidate.pids)
        with ExitStack() as stack:
            opened = [stack.enter_context(one) for one in self._opened(visitor)]
            grown = resident(candidate.pids) - before
            standing = sum(map(isOpen, opened))
        figures = {CONNECTION_KB: grown / max(standing, 1) / 1000, OPEN: float(standing)}
        return run(figures, standing > 0 and standing == len(opened))

    def _opened(self, visitor: Visitor) -> list[ssl.SSLSocket]:
        until = time.monotonic() + _PATIENCE

        def arrive(number: int) -> ssl.SSLSocket | None:
            try:
                return visitor.arrive() if time.monotonic() < until else None
            except OSError:
                return None

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [one for one in pool.map(arrive, range(self._connections)) if one]
