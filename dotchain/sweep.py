"""A look at what is there, several times a second, as long as there is anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IReactorTime


class Sweep:
    """
    One coarse timer for many deadlines, instead of a call of the reactor's for each.

    @ivar call: the next look; None while there is nothing to look at.
    """

    def __init__(self, reactor: IReactorTime, seconds: float, look: Callable[[], bool]) -> None:
        """
        @param seconds: between two looks.
        @param look: tells whether to look again.
        """
        self.call: Any = None
        self._reactor = reactor
        self._seconds = seconds
        self._look = look

    def begin(self) -> None:
        """There is something to look at from now on."""
        if self.call is None:
            self.call = self._reactor.callLater(self._seconds, self._run)

    def _run(self) -> None:
        self.call = None
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
