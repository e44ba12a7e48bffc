"""Connections of which a PROXY header is expected inside of TLS, or nowhere."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ...client import Client
from ...tls.channel import Channel
from ...wire import FormatError
from ...wire.proxyheader import FIXED, size
from .connection import Connection

if TYPE_CHECKING:
    from .introducedport import IntroducedPort


class StrangerConnection(Connection):
    """
    A connection of somebody whose headers are not believed: he is closed for one.

    That was found when he came; a reload, by which connections move to another port, changes nothing of it.
    """

    __slots__ = ("_introductions",)

    def __init__(
        self, port: IntroducedPort, sock: socket.socket, channel: Channel, client: Client | None
    ) -> None:
        super().__init__(port, sock, channel, client)
        self._introductions = port.introductions

    def _take(self, plain: bytes) -> None:
        super()._take(plain)
        # A header is no whole message, so it is still here.
        if self._introductions.forbidden(self._buffer):
            self.abort()


class NamedConnection(Connection):
    """
    A connection whose balancer has told names of the client's TLS.

    They count: where TLS is spoken behind the header all the same, it may be the balancer's own.
    """

    __slots__ = ()

    def _named(self, serverName: str, identity: str) -> None:
        told = self._client
        super()._named(told.sni or serverName if told else "", told.identity or identity if told else "")


class IntroducedConnection(Connection):
    """
    A balancer's own TLS, inside of which the header comes first, as from dnsdist.

    Server name and certificate of that TLS are the balancer's, so the client has none.
    """

    __slots__ = ("_address", "_balanced", "_head", "_wanted")

    def __init__(self, port: IntroducedPort, sock: socket.socket, channel: Channel, address: str) -> None:
        """
        @param port: where it came, which reads the header also where the connection has moved meanwhile.
        @param address: the balancer's own.
        """
        super().__init__(port, sock, channel, None)
        self._balanced = port
        self._address = address
        self._head = b""
        # Octets of the header, as far as it is known; 0 as soon as it is read.
        self._wanted = FIXED

    def _take(self, plain: bytes) -> None:
        if not self._wanted:
            super()._take(plain)
            return
        port = self._balanced
        self._head += plain
        try:
            self._wanted = size(self._head)
        except FormatError as error:
            port.introductions.refuse(str(error))
            self.abort()
            return
        if len(self._head) >= max(self._wanted, FIXED):
            self._introduce(port)

    def _introduce(self, port: IntroducedPort) -> None:
        head, self._head = self._head, b""
        self._wanted = 0
        read = port.introductions.read(head)
        client: Client | None = None
        if read is not None:
            client = port.client(read[0], self._address, self._socket)
        if read is None or (client is None and port.responder.drop):
            self.abort()
            return
        source = read[0].source
        if source and not self._recount(source):
            self.abort()
            return
        self._client = client
        if len(head) > read[1]:
            super()._take(head[read[1] :])

    def _recount(self, address: str) -> bool:
        """Be one of the client's connections, and none of the balancer's; whether he may have it."""
        port = self._port
        if not port.limits.admits(address):
            port.turnedAway += 1
            return False
        port.room.leave(self)
        port.enter(self, address, port.limits.free(address))
        return True
