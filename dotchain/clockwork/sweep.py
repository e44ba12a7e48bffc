"""A look at what is there, several times a second, as long as there is anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IReactorTime

from . import boottime


class Sweep:
    """
    One coarse timer for many deadlines, instead of a call of the reactor's for each.

    @ivar call: the next look; None while there is nothing to look at.
    @ivar slept: whether this look comes so late that the machine must have slept, or this process.
    """

    # Seconds of being late.
    SLEEP = 5.0

    def __init__(
        self,
        reactor: IReactorTime,
        seconds: float,
        look: Callable[[], bool],
        now: Callable[[], float] = boottime.now,
    ) -> None:
        """
        @param seconds: between two looks.
        @param look: tells whether to look again.
        @param now: a clock that goes on while the reactor's stands still.
        """
        self.call: Any = None
        self.slept = False
        self._now = now
        self._dueAt = 0.0
        self._reactor = reactor
        self._seconds = seconds
        self._look = look

    def begin(self) -> None:
        """There is something to look at from now on."""
        if self.call is None:
            self._dueAt = self._now() + self._seconds
            self.call = self._reactor.callLater(self._seconds, self._run)

    def _run(self) -> None:
        self.call = None
        self.slept = self._now() - self._dueAt > self.SLEEP
        again = True
        try:
            again = self._look()
        finally:
            # A look that fails must not be the last.
            if again:
                self.begin()

    def stop(self) -> None:
        """Look no more."""
        call, self.call = self.call, None
        if call is not None:
            call.cancel()
