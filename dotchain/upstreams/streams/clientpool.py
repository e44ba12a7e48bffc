"""The connections that an upstream knows as one client's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...wire import Answer
from .pool import Pool

if TYPE_CHECKING:
    from ..pendingquery import PendingQuery
    from .introducingpool import IntroducingPool


class ClientPool(Pool):
    """
    Connections that begin with one client's header.

    What they find out of the address is known to the pool of all clients, which decides whether it is tried.
    """

    _whole: IntroducingPool | None = None

    def join(self, whole: IntroducingPool, header: bytes) -> None:
        """
        Be one of the pools of an address.

        @param header: what each connection begins with.
        """
        self._whole = whole
        self.preface = header
        self.peer = whole.peer
        self.failureLog = whole.failureLog

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer here."""
        waits = any(each.inFlightTable.waiting() for each in self.connections.alive)
        return self._dialing is None and not waits

    def backOff(self) -> None:
        """See L{Pool.backOff}."""
        if self._whole is not None:
            self._whole.backOff()

    def deliver(self, pending: PendingQuery, answer: Answer) -> None:
        """See L{Pool.deliver}."""
        if self._whole is not None:
            self._whole.answeredBy(pending, answer)
        else:
            super().deliver(pending, answer)

    def keepReady(self) -> None:
        """Have none ready: it would be for a client who may be gone."""
