"""What signals have a daemon do."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

SetSignal = Callable[[int, Callable[..., None]], object]


class Signals:
    """TERM and INT end it, HUP has it reload, and USR1 change its log file."""

    def __init__(self, daemon: Any, reactor: Any, setSignal: SetSignal) -> None:
        """
        @param daemon: a L{Daemon<dotchain.daemon.service.Daemon>}.
        @param setSignal: sets what a signal calls.
        """
        self._daemon = daemon
        self._reactor = reactor
        self._set = setSignal

    def takeHangup(self) -> None:
        """Before the reactor runs a HUP would kill."""
        for number in (signal.SIGHUP, signal.SIGUSR1):
            self._set(number, self._signaled)

    def takeAll(self) -> None:
        """Take over all of them, which the reactor has just set."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            self._set(number, self._signaled)

    def _signaled(self, number: int, frame: object = None) -> None:
        """Any code may have been interrupted, so do nothing here but remember."""
        daemon = self._daemon
        if number == signal.SIGUSR1:
            self._reactor.callFromThread(daemon.twistd.rotateLog)
        else:
            self._reactor.callFromThread(daemon.reload if number == signal.SIGHUP else daemon.end, number)
