"""One connected UDP socket, with a port of its own."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ...fragments import neverFragment
from ..inflighttable import InFlightTable

if TYPE_CHECKING:
    from ...address import Address
    from ..pendingquery import PendingQuery
    from ..source import Source
    from .calls import DatagramCalls


class ConnectedSocket:
    """
    One connected UDP socket: the system lets through only what comes from its peer.

    @ivar number: its descriptor.
    @ivar inFlightTable: the queries on their way.
    @ivar sent: how many it has carried.
    @ivar usedAt: when it last carried one.
    """

    __slots__ = ("_calls", "_socket", "inFlightTable", "number", "sent", "usedAt")

    def __init__(self, address: Address, calls: DatagramCalls, source: Source | None = None) -> None:
        """
        @param calls: how it is written and read.
        @param source: what it is bound to.
        @raise OSError: where the system has no socket or no route left.
        """
        self._calls = calls
        self._socket = socket.socket(address.family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        neverFragment(self._socket)
        try:
            if source is not None:
                source.bind(self._socket, address.host)
            # Linux and the BSDs choose an unpredictable port (RFC 6056).
            self._socket.connect(address.sockaddr)
        except OSError:
            self._socket.close()
            raise
        self.number = self._socket.fileno()
        self.inFlightTable = InFlightTable(False)
        self.sent = 0
        self.usedAt = 0.0

    def send(self, leaving: list[tuple[PendingQuery, bytes]], now: float) -> None:
        """
        Send queries, each behind an ID of its own.

        @param leaving: with their octets behind the IDs.
        @raise OSError: where the system does not take them.
        """
        table = self.inFlightTable
        wires = [table.add(pending, now) + octets for pending, octets in leaving]
        self.sent += len(wires)
        self.usedAt = now
        self._calls.send(self._socket, wires)

    def receive(self, wires: list[bytes]) -> None:
        """
        Take what has arrived.

        @param wires: it is appended here.
        @raise OSError: where ICMP said that nobody is there.
        """
        self._calls.receive(self._socket, wires)

    def close(self) -> None:
        """Close the socket; its port is not used again soon."""
        self._socket.close()
