"""A look at whether the reactor comes round, and at what keeps it from that."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from twisted.logger import Logger

from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..contract.faults import placeOf
from ..contract.ownership import ownerOf

if TYPE_CHECKING:
    from ..config.build import Part

SetTimer = Callable[[int, float], object]


class StallWatch:
    """
    Tells the log when nothing could run for a while, since one thing took all the time.

    A timer of the system's, set anew with each beat, goes off where a beat is late. Python runs its
    handler wherever the program stands, so that it is known whose code that is. A query costs
    this nothing.
    """

    # Seconds between two beats; how late one may be.
    EVERY, LATE = 0.1, 0.25

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        parts: Sequence[Part],
        setSignal: Callable[[int, Callable[..., None]], object] = signal.signal,
        setTimer: SetTimer = signal.setitimer,
    ) -> None:
        """
        @param parts: what the program may stand in.
        @param setSignal: sets what a signal calls.
        @param setTimer: sets a timer that sends SIGALRM after so many seconds, or none for 0.
        """
        self._reactor = reactor
        self._parts = parts
        self._setSignal = setSignal
        self._setTimer = setTimer
        self._logRateLimit = LogRateLimit(now=reactor.seconds)
        self._due = 0.0
        self._call: Any = None
        self._title = self._place = ""

    def start(self) -> None:
        """Beat as soon as the reactor runs, until it stops."""
        self._reactor.callWhenRunning(self._begin)
        self._reactor.addSystemEventTrigger("before", "shutdown", self.stop)

    def _begin(self) -> None:
        self._setSignal(signal.SIGALRM, self._caught)
        self._next()

    def stop(self) -> None:
        """Beat no more."""
        self._setTimer(signal.ITIMER_REAL, 0)
        if self._call is not None and self._call.active():
            self._call.cancel()

    def _next(self) -> None:
        self._title = self._place = ""
        self._due = self._reactor.seconds() + self.EVERY
        self._call = self._reactor.callLater(self.EVERY, self._beat)
        self._setTimer(signal.ITIMER_REAL, self.EVERY + self.LATE)

    def _beat(self) -> None:
        late = self._reactor.seconds() - self._due
        if late > self.LATE and (held := self._logRateLimit.admit(self._title)) is not None:
            known = [each for each in (self._title, self._place) if each]
            self._log.warn(
                "nothing else could run for {ms:.0f} ms: {where}{more}",
                ms=late * 1000,
                where=", ".join(known) or "what it was is not known",
                section=self._title or None,
                more=suppressed(held),
                suppressed=held,
            )
        self._next()

    def _caught(self, number: int, frame: FrameType | None) -> None:
        """Any code may have been interrupted, so do nothing here but remember where."""
        if frame is not None:
            self._place = placeOf(frame, frame.f_lineno)
            self._title = self._section(frame)

    def _section(self, frame: FrameType | None) -> str:
        """The section of the innermost part that the program stands in."""
        while frame is not None:
            if owner := ownerOf(frame, self._parts):
                return owner
            frame = frame.f_back
        return ""
