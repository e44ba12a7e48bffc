"""What Twisted's transports call of a connection to a server."""

from __future__ import annotations

from typing import Protocol as Seam

from twisted.internet.interfaces import IHandshakeListener, ITCPTransport
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer


class Owner(Seam):
    """Whose connection it is."""

    def made(self, connection: Connection, /) -> None:
        """There is one."""

    def connected(self, connection: Connection, /) -> None:
        """Commands may be sent; over TLS, as soon as the server has proved who it is."""

    def came(self, data: bytes, /) -> None:
        """Octets have come."""

    def lost(self, connection: Connection, reason: Failure, /) -> None:
        """It has ended."""


@implementer(IHandshakeListener)
class Connection(Protocol):
    """Hands everything on to whoever has dialled it."""

    def __init__(self, owner: Owner, encrypted: bool) -> None:
        self._owner = owner
        self._encrypted = encrypted

    def connectionMade(self) -> None:
        """See L{Protocol}."""
        transport = self.transport
        if ITCPTransport.providedBy(transport):
            transport.setTcpNoDelay(True)
            transport.setTcpKeepAlive(True)
        self._owner.made(self)
        if not self._encrypted:
            self._owner.connected(self)

    def handshakeCompleted(self) -> None:
        """See L{IHandshakeListener}."""
        self._owner.connected(self)

    def dataReceived(self, data: bytes) -> None:
        """See L{Protocol}."""
        self._owner.came(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See L{Protocol}."""
        self._owner.lost(self, reason)


class Connections(Factory):
    """Makes the connections of one owner."""

    noisy = False

    def __init__(self, owner: Owner, encrypted: bool) -> None:
        self._owner = owner
        self._encrypted = encrypted

    def buildProtocol(self, addr: object) -> Connection:
        """See L{Factory}."""
        return Connection(self._owner, self._encrypted)
