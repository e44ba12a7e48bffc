"""Workers whose reactor does not come round, for a moment or any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..daemon.watchdog import period
from .channel import Declined, Gone
from .worker import Worker

WAITS = 30.0
"""Seconds until a worker is taken to hang where systemd says nothing."""


class HangWatch:
    """
    Asks each worker now and then for a sign of life. One that is late has another one read its sockets; one
    that hangs is ended, and another one follows.

    What counts are beats of the parent, not seconds: where the whole machine stood still, nobody is to blame.
    """

    # Seconds between two beats, and beats that a worker may miss: at the most, and at least.
    EVERY, BEATS = 1.0, 4

    _log = Logger()

    def __init__(
        self,
        workers: Sequence[Worker],
        reactor: Any,
        changed: Callable[[], object],
        period: Callable[[], float | None] = period,
    ) -> None:
        """
        @param changed: called when a worker begins to be late, and when it is late no more.
        @param period: for how long a worker may hang, if anybody says so.
        """
        self._workers = workers
        self._period = period
        self._reactor = reactor
        self._changed = changed
        self._missed: dict[Worker, int] = {}
        self._waits = WAITS
        self._every = self.EVERY
        self._call: Any = None

    def start(self) -> None:
        """Watch, by systemd's WatchdogSec= where there is one."""
        self._waits = self._period() or WAITS
        self._every = min(self._waits / self.BEATS, self.EVERY)
        self._beat()

    def stop(self) -> None:
        """Watch no more: in a drain, time is short anyway."""
        if self._call is not None and self._call.active():
            self._call.cancel()

    def _beat(self) -> None:
        for worker in self._workers:
            if worker in self._missed:
                self._missed[worker] += 1
                self._silent(worker, self._missed[worker])
            elif worker.serving:
                self._ask(worker)
        self._call = self._reactor.callLater(self._every, self._beat)

    def _ask(self, worker: Worker) -> None:
        self._missed[worker] = 0
        asked: Deferred[None] = worker.ask("beat")
        asked.addErrback(self._nobody).addCallback(lambda _: self._lives(worker))

    @staticmethod
    def _nobody(failure: Failure) -> None:
        """It has ended, which others see to, or could not do it, but lives."""
        failure.trap(Gone, Declined)

    def _lives(self, worker: Worker) -> None:
        self._missed.pop(worker, None)
        self._isLate(worker, False)

    def _silent(self, worker: Worker, missed: int) -> None:
        """It has missed so many beats."""
        self._isLate(worker, True)
        if missed * self._every >= self._waits:
            del self._missed[worker]
            self._end(worker)

    def _isLate(self, worker: Worker, late: bool) -> None:
        if worker.late is not late:
            worker.late = late
            self._changed()

    def _end(self, worker: Worker) -> None:
        self._log.error(
            "worker {number} hangs: nothing could run there for {waits:g} s; it is ended",
            number=worker.number,
            waits=self._waits,
        )
        worker.abort()
