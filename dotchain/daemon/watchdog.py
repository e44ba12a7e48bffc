"""Telling systemd that the reactor comes round; where it hears nothing, it starts the daemon anew."""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from .sdnotify import sdNotify


def period(environ: Mapping[str, str] = os.environ, pid: int | None = None) -> float | None:
    """How long systemd waits, in seconds; None where it does not watch us: sd_watchdog_enabled(3)."""
    text, whom = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not text.isdecimal() or not int(text) or whom not in ("", str(pid or os.getpid())):
        return None
    return int(text) / 1e6


def tellWhere() -> None:
    """Have a process that hangs and is ended with SIGABRT write on stderr where each thread stands."""
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)


class Watchdog:
    """Says so from the reactor itself, twice in each period: what hangs says nothing."""

    def __init__(
        self,
        reactor: Any,
        period: Callable[[], float | None] = period,
        notify: Callable[[str], object] = sdNotify,
    ) -> None:
        """@param period: see L{period}; asked once the reactor runs, as twistd may fork before."""
        self._reactor = reactor
        self._period = period
        self._notify = notify

    def start(self) -> None:
        """Begin as soon as the reactor runs, and go on to its end: a drain may hang, too."""
        self._reactor.callWhenRunning(self._begin)

    def _begin(self) -> None:
        waits = self._period()
        if waits is not None:
            self._beat(waits / 2)

    def _beat(self, every: float) -> None:
        self._notify("WATCHDOG=1")
        self._reactor.callLater(every, self._beat, every)
