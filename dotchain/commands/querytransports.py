"""The transports of C{dotchain query}: UDP, TCP and TLS."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Protocol

from twisted.internet import protocol
from twisted.internet.error import MessageLengthError
from twisted.internet.interfaces import IConnector, IHandshakeListener
from twisted.internet.protocol import ClientFactory, DatagramProtocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ..address import Address
from ..reason import inWords
from ..tls.client import UpstreamIdentity
from ..tls.errors import AuthenticationError
from ..tls.verify import HandshakeReport
from ..wire import FormatError, framing


class AttemptView(Protocol):
    """
    The attempt that a transport works for.

    @ivar identity: whom the peer must be; None for clear text.
    @ivar report: of the TLS session.
    @ivar phase: what is waited for.
    @ivar limit: seconds for all of it.
    """

    reactor: Any
    address: Address
    identity: UpstreamIdentity | None
    report: HandshakeReport | None
    phase: str
    limit: float

    def leaving(self) -> list[bytes]:
        """The queries that have no answer yet, which are about to be sent."""

    def take(self, wire: bytes) -> bool:
        """A message has come: whether it answers one of the queries."""

    def fail(self, reason: str) -> None:
        """Give up."""

    def lost(self, reason: Failure) -> None:
        """The connection has ended."""

    def over(self, failure: str | None = None) -> None:
        """Nothing is open any more."""


@implementer(IHandshakeListener)
class Stream(protocol.Protocol):
    """TCP or TLS: all queries in one write, answers in any order (RFC 7766 section 6.2.1.1)."""

    connector: Any = None

    def __init__(self, attempt: AttemptView) -> None:
        self._attempt = attempt
        self._buffer = b""

    def connectionMade(self) -> None:
        """See L{protocol.Protocol}; TLS waits for its handshake."""
        transport: Any = self.transport
        transport.setTcpNoDelay(True)
        if self._attempt.identity is None:
            self._send()
        else:
            self._attempt.phase = "TLS handshake"

    def handshakeCompleted(self) -> None:
        """See L{IHandshakeListener}: nothing is sent before the peer is who he must be."""
        identity = self._attempt.identity
        assert identity is not None
        try:
            self._attempt.report = identity.verify(self.handle())
        except AuthenticationError as error:
            self._attempt.fail(f"not authenticated: {error}")
        else:
            self._send()

    def _send(self) -> None:
        transport: Any = self.transport
        transport.write(framing.join(self._attempt.leaving()))

    def dataReceived(self, data: bytes) -> None:
        """See L{protocol.Protocol}."""
        try:
            messages, self._buffer = framing.split(self._buffer + data, 65536)
        except FormatError as error:
            self._attempt.fail(f"the server broke the framing: {error}")
            return
        for message in messages:
            self._attempt.take(message)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See L{protocol.Protocol}."""
        self._attempt.lost(reason)

    def handle(self) -> Any:
        """OpenSSL's connection."""
        transport: Any = self.transport
        return transport.getHandle()

    def close(self) -> None:
        """Close in order, without waiting for the peer's close_notify (RFC 8446 section 6.1)."""
        transport: Any = self.transport
        transport.loseConnection()
        if self._attempt.identity is not None:
            transport.transport.loseConnection()

    def abort(self) -> None:
        """Close at once."""
        transport: Any = self.transport
        if transport is not None:
            transport.abortConnection()
        else:
            self.connector.disconnect()


class AttemptFactory(ClientFactory):
    """Makes the one connection of an attempt."""

    noisy = False

    def __init__(self, attempt: AttemptView, stream: Stream) -> None:
        self._attempt = attempt
        self._stream = stream

    def buildProtocol(self, addr: object) -> Stream:
        """See L{ClientFactory}."""
        return self._stream

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """See L{ClientFactory}."""
        self._attempt.over(f"no TCP connection: {inWords(reason)}")


class AttemptDatagrams(DatagramProtocol):
    """UDP by a connected socket: the system lets through only what its peer sends."""

    # Datagrams on their way at once; more would overflow the sockets' buffers.
    WINDOW = 100

    def __init__(self, attempt: AttemptView) -> None:
        self._attempt = attempt
        self._again: Any = None
        self._rest: Iterator[bytes] = iter(())
        self._closed = False

    def startProtocol(self) -> None:
        """See L{DatagramProtocol}."""
        address = self._attempt.address
        transport: Any = self.transport
        try:
            transport.connect(address.host, address.port)
        except OSError as error:
            self._broken(error)
            return
        self._send()

    def _send(self) -> None:
        """Send what has no answer, and do so again after a time of silence: datagrams may be lost."""
        attempt = self._attempt
        self._again = attempt.reactor.callLater(attempt.limit / 3, self._send)
        self._rest = iter(attempt.leaving())
        self._write(self.WINDOW)

    def _write(self, most: int) -> None:
        transport: Any = self.transport
        try:
            for wire in islice(self._rest, most):
                transport.write(wire)
        except (OSError, MessageLengthError) as error:
            self._broken(error)

    def _broken(self, error: Exception) -> None:
        words = getattr(error, "strerror", None) or str(error)
        # Not at once: Twisted may still be about to open the port.
        self._attempt.reactor.callLater(0, self._attempt.fail, f"can't be sent to: {words}")

    def datagramReceived(self, datagram: bytes, addr: object) -> None:
        """See L{DatagramProtocol}."""
        if self._attempt.take(datagram) and not self._closed:
            self._again.reset(self._attempt.limit / 3)
            self._write(1)

    def connectionRefused(self) -> None:
        """See L{DatagramProtocol}: ICMP says that nobody is there (RFC 1122 section 4.1.3.3)."""
        self._attempt.fail("connection refused: nothing listens on that UDP port")

    def close(self) -> None:
        """Close the socket."""
        transport: Any = self.transport
        if self._closed:
            return
        self._closed = True
        if self._again is not None and self._again.active():
            self._again.cancel()
        transport.stopListening()
        self._attempt.over()

    def abort(self) -> None:
        """Close the socket."""
        self.close()
