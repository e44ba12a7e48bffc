"""UDP to an upstream that is told who asks: a PROXY header in front of each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...wire.codes import UDP_SIZE
from ..introduction import introduction
from .calls import DatagramCalls
from .connectedsocket import ConnectedSocket
from .socketpool import SocketPool

if TYPE_CHECKING:
    from ..pendingquery import PendingQuery


class IntroducingSocket(ConnectedSocket):
    """A socket whose queries may be those of many clients, as each has a header of its own."""

    __slots__ = ()

    def send(self, leaving: list[tuple[PendingQuery, bytes]], now: float) -> None:
        """See L{ConnectedSocket.send}."""
        table = self.inFlightTable
        wires = [
            introduction(pending.query.client) + table.add(pending, now) + octets
            for pending, octets in leaving
        ]
        self.sent += len(wires)
        self.usedAt = now
        self._calls.send(self._socket, wires)


class IntroducingSocketPool(SocketPool):
    """The sockets to one address."""

    def _made(self) -> ConnectedSocket:
        # The places of a batch are made for queries alone.
        return IntroducingSocket(self.address, DatagramCalls(), self._source)

    def submit(self, pending: PendingQuery) -> None:
        """See L{SocketPool.submit}: the header counts, too."""
        octets = introduction(pending.query.client) + self.wire(pending, False, False)
        if len(octets) > UDP_SIZE:
            self._overTCP.submit(pending)
        else:
            super().submit(pending)
