"""The connection that one transaction with an upstream has."""

from __future__ import annotations

from typing import Any, Protocol

from twisted.internet import protocol
from twisted.internet.interfaces import IHandshakeListener
from twisted.python.failure import Failure
from zope.interface import implementer

from ...reason import phrase
from ...resolver import ResolveError
from ...tls.errors import AuthenticationError
from ...wire import FormatError, framing
from ..streams.peer import Peer


class TransactionView(Protocol):
    """
    A L{RelayTransaction<.relaytransaction.RelayTransaction>}, as its connection knows it.

    @ivar peer: who is at its other end.
    """

    peer: Peer

    def ready(self, connection: RelayConnection) -> None:
        """The way is open, and leads to whom it must."""

    def unfit(self, connection: RelayConnection, reason: str) -> None:
        """Nothing was sent, and nothing can be, on this connection."""

    def heard(self, messages: list[bytes]) -> None:
        """
        Messages have come back.

        @raise FormatError: where one does not belong to the request.
        """

    def lost(self, connection: RelayConnection, reason: Failure, sent: bool) -> None:
        """The connection has ended."""

    def end(self, error: ResolveError | None) -> None:
        """Over, well or not."""


@implementer(IHandshakeListener)
class RelayConnection(protocol.Protocol):
    """
    The connection of one transaction.

    @ivar sent: the message may have reached the upstream.
    """

    # Seconds that a closing connection may take.
    LINGER = 2.0

    def __init__(self, transaction: TransactionView, reactor: Any) -> None:
        self._transaction = transaction
        self._reactor = reactor
        self._buffer = b""
        self._lingering: Any = None
        self.sent = False

    def connectionMade(self) -> None:
        """See L{protocol.Protocol}; TLS waits for its handshake."""
        transport: Any = self.transport
        transport.setTcpNoDelay(True)
        if not self._transaction.peer.encrypted:
            self._transaction.ready(self)

    def handshakeCompleted(self) -> None:
        """See L{IHandshakeListener}: nothing is sent before the peer is who he must be."""
        try:
            self._transaction.peer.judge(self.transport, True)
        except AuthenticationError as error:
            self._transaction.unfit(self, phrase("authentication failed: {}", error.text))
        else:
            self._transaction.ready(self)

    def write(self, octets: bytes) -> None:
        """Send, in one go."""
        self.sent = True
        transport: Any = self.transport
        transport.write(octets)

    def flow(self, on: bool) -> None:
        """Read on, or stop reading."""
        transport: Any = self.transport
        if on:
            transport.resumeProducing()
        else:
            transport.pauseProducing()

    def dataReceived(self, data: bytes) -> None:
        """See L{protocol.Protocol}."""
        try:
            messages, self._buffer = framing.split(self._buffer + data if self._buffer else data, 65536)
            self._transaction.heard(messages)
        except FormatError as error:
            self._transaction.end(ResolveError(f"malformed response: {error}"))

    def connectionLost(self, reason: Failure = protocol.connectionDone) -> None:
        """See L{protocol.Protocol}."""
        if self._lingering is not None and self._lingering.active():
            self._lingering.cancel()
        self._lingering = None
        self._transaction.lost(self, reason, self.sent)
        self.transport = None

    def close(self) -> None:
        """Close in order; a peer that does not answer close_notify is given up after L{LINGER} seconds."""
        transport: Any = self.transport
        self._lingering = self._reactor.callLater(self.LINGER, self.abort)
        # A paused connection would never see the end.
        transport.resumeProducing()
        transport.loseConnection()

    def abort(self) -> None:
        """Close at once."""
        transport: Any = self.transport
        if transport is not None:
            transport.abortConnection()
