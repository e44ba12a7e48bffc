"""The connections that an upstream knows as one client's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...wire import Answer
from .pool import Pool

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from ..pendingquery import PendingQuery
    from .introducingpool import IntroducingPool
    from .pipeline import Pipeline


class ClientPool(Pool):
    """
    Connections that begin with one client's header.

    What they find out of the address is known to the pool of all clients, which decides whether it is tried.

    @ivar site: where the client is, who may have only so many.
    """

    _whole: IntroducingPool | None = None
    site: str = ""

    def join(self, whole: IntroducingPool, header: bytes, site: str) -> None:
        """
        Be one of the pools of an address.

        @param header: what each connection begins with.
        """
        self._whole = whole
        self.preface = header
        self.peer = whole.peer
        self.failureLog = whole.failureLog
        self.site = site

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer here."""
        if self._waiting or self._dialing is not None or not self.resends.nothingOpen:
            return False
        return not any(each.inFlightTable.waiting() for each in self.connections.alive)

    @property
    def nothingAlive(self) -> bool:
        """Whether all connections have ended, those being closed among them."""
        alone = self.resends.alone
        return not (self.connections.alive or (alone is not None and alone.connections.alive))

    def backOff(self) -> None:
        """See L{Pool.backOff}: one client's failure is none of the address while others are served."""
        if self._whole is not None and not self._whole.works:
            self._whole.backOff()

    def dialFailed(self, phase: str, reason: str) -> None:
        """See L{Pool.dialFailed}."""
        super().dialFailed(phase, reason)
        if self._whole is not None and not self._whole.works:
            self._whole.failed(reason)

    def lost(self, pipeline: Pipeline, reason: Failure) -> None:
        """See L{Pool.lost}."""
        super().lost(pipeline, reason)
        if self._whole is not None:
            self._whole.moved()

    def deliver(self, pending: PendingQuery, answer: Answer) -> None:
        """See L{Pool.deliver}."""
        if self._whole is not None:
            self._whole.answeredBy(pending, answer)
        else:
            super().deliver(pending, answer)

    def keepReady(self) -> None:
        """Have none ready: it would be for a client who may be gone."""
