"""Workers whose reactor does not come round any more."""

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
    Asks each worker now and then for a sign of life, and ends one that gives none: another one follows.

    What counts are beats of the parent, not seconds: where the whole machine stood still, nobody is to blame.
    """

    # Beats that a worker may miss.
    BEATS = 4

    _log = Logger()

    def __init__(
        self, workers: Sequence[Worker], reactor: Any, period: Callable[[], float | None] = period
    ) -> None:
        """@param period: for how long a worker may hang, if anybody says so."""
        self._workers = workers
        self._period = period
        self._reactor = reactor
        self._missed: dict[Worker, int] = {}
        self._waits = WAITS
        self._call: Any = None

    def start(self) -> None:
        """Watch, by systemd's WatchdogSec= where there is one."""
        self._waits = self._period() or WAITS
        self._beat()

    def stop(self) -> None:
        """Watch no more: in a drain, time is short anyway."""
        if self._call is not None and self._call.active():
            self._call.cancel()

    def _beat(self) -> None:
        for worker in self._workers:
            missed = self._missed.get(worker)
            if missed is None:
                self._ask(worker)
            elif missed >= self.BEATS - 1:
                del self._missed[worker]
                self._end(worker)
            else:
                self._missed[worker] = missed + 1
        self._call = self._reactor.callLater(self._waits / self.BEATS, self._beat)

    def _ask(self, worker: Worker) -> None:
        if worker.serving:
            self._missed[worker] = 0
            asked: Deferred[None] = worker.ask("beat")
            asked.addErrback(self._nobody).addCallback(lambda _: self._missed.pop(worker, None))

    @staticmethod
    def _nobody(failure: Failure) -> None:
        """It has ended, which others see to, or could not do it, but lives."""
        failure.trap(Gone, Declined)

    def _end(self, worker: Worker) -> None:
        self._log.error(
            "worker {number} hangs: nothing could run there for {waits:g} s; it is ended",
            number=worker.number,
            waits=self._waits,
        )
        worker.abort()
