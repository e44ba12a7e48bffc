"""One transfer of a zone: a connection, a request, and all that comes back."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import dns.tsig
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ...address import Address
from ...clockwork.slices import inSlices
from ...reason import inWords
from ...tls.client import UpstreamIdentity
from ...tls.clientstream import ClientStreams
from ...tls.errors import AuthenticationError
from ...wire import FormatError, framing
from .inbound import Inbound
from .signature import Signatures


class TransferError(Exception):
    """A zone could not be had; the text says why."""


class Primary(NamedTuple):
    """
    Who has a zone.

    @ivar identity: whom it must prove to be; None for clear text.
    @ivar key: what it must sign with; None for nothing.
    """

    address: Address
    identity: UpstreamIdentity | None
    key: dns.tsig.Key | None


class Transfer(ClientFactory):
    """
    Asks a primary for a zone, over TCP or TLS (RFC 9103).

    What comes is read in slices, and no more is taken from the socket meanwhile: whatever the primary sends,
    nobody waits for it, and it takes little memory.

    @ivar done: fires with the L{Inbound} when all of it is there and signed as it must be; fails with
        L{TransferError}, L{TransferRefused<.inbound.TransferRefused>}, or L{FormatError} for what is no
        transfer. To cancel it is to close the connection.
    """

    noisy = False
    # Seconds for the connection, for the next octets, and for all.
    CONNECT = 10.0
    IDLE = 30.0
    WHOLE = 7200.0

    def __init__(
        self, reactor: Any, primary: Primary, origin: dns.name.Name, serial: int | None, most: int
    ) -> None:
        """
        @param serial: the version that is known, to get the differences alone.
        @param most: records that may come.
        """
        self._reactor = reactor
        request = _request(origin, serial, primary.key)
        self.request = request.to_wire()
        self.inbound = Inbound(
            origin.to_digestable(), request.id, serial, Signatures(primary.key, request.mac or b""), most
        )
        self.done: Deferred[Inbound] = Deferred(lambda _: self.end(TransferError("given up")))
        self._connection: _Connection | None = None
        self._over = False
        self._timer = reactor.callLater(self.CONNECT, self._late, "nobody there")
        self._limit = reactor.callLater(self.WHOLE, self._late, "the transfer takes too long")
        self.identity = primary.identity
        host, port, factory = primary.address.host, primary.address.port, _dressed(self, primary)
        self._connector = reactor.connectTCP(host, port, factory, timeout=self.CONNECT)

    def buildProtocol(self, addr: Any) -> _Connection:
        """See L{ClientFactory}."""
        self._connection = _Connection(self, self._reactor)
        return self._connection

    def clientConnectionFailed(self, connector: Any, reason: Failure) -> None:
        """See L{ClientFactory}."""
        self.end(TransferError(f"connection failed: {inWords(reason)}"))

    def heard(self) -> None:
        """Something has come: wait from now."""
        self._stop(self._timer)
        if self._over:
            return
        self._timer = self._reactor.callLater(self.IDLE, self._late, "it has fallen silent")

    def reading(self) -> None:
        """It is our turn: that takes as long as it takes."""
        self._stop(self._timer)

    def _late(self, why: str) -> None:
        self.end(TransferError(why))

    def _stop(self, timer: Any) -> None:
        if timer.active():
            timer.cancel()

    def end(self, error: Exception | None = None) -> None:
        """Over, well or not."""
        if self._over:
            return
        self._over = True
        self._stop(self._timer)
        self._stop(self._limit)
        if self._connection is not None:
            self._connection.close()
        else:
            self._connector.disconnect()
        if error is None:
            self.done.callback(self.inbound)
        else:
            self.done.errback(error)


def _dressed(transfer: Transfer, primary: Primary) -> Any:
    """The factory of a connection, with TLS around it where that is wanted."""
    identity, address = primary.identity, str(primary.address)
    return transfer if identity is None else ClientStreams(partial(identity.connection, address), transfer)


@implementer(IHandshakeListener)
class _Connection(Protocol):
    def __init__(self, transfer: Transfer, reactor: Any) -> None:
        self._transfer = transfer
        self._reactor = reactor
        self._buffer = b""
        self._messages: deque[bytes] = deque()
        self._work: Deferred[None] | None = None

    def connectionMade(self) -> None:
        """See L{Protocol}; TLS waits for its handshake."""
        self._transfer.heard()
        if self._transfer.identity is None:
            self._ask()

    def handshakeCompleted(self) -> None:
        """See L{IHandshakeListener}: nothing is sent before the primary is who it must be."""
        identity = self._transfer.identity
        assert identity is not None
        transport: Any = self.transport
        try:
            identity.verify(transport.getHandle())
        except AuthenticationError as error:
            self._transfer.end(TransferError(f"authentication failed: {error.text}"))
        else:
            self._ask()

    def _ask(self) -> None:
        transport: Any = self.transport
        transport.write(framing.frame(self._transfer.request))

    def dataReceived(self, data: bytes) -> None:
        """See L{Protocol}."""
        try:
            messages, self._buffer = framing.split(self._buffer + data, 65536)
        except FormatError as error:
            self._transfer.end(error)
            return
        self._messages.extend(messages)
        self._transfer.heard()
        if self._messages and self._work is None:
            self._flow(False)
            self._transfer.reading()
            self._work = inSlices(self._read(), self._reactor)
            self._work.addCallbacks(self._readOn, self._wrong)

    def _flow(self, on: bool) -> None:
        transport: Any = self.transport
        if transport is not None:
            (transport.resumeProducing if on else transport.pauseProducing)()

    def _read(self) -> Iterator[None]:
        while self._messages and not self._transfer.inbound.done:
            yield from self._transfer.inbound.steps(self._messages.popleft())

    def _readOn(self, _: object) -> None:
        self._work = None
        if self._transfer.inbound.done:
            self._transfer.end()
        elif self.transport is None:
            self.connectionLost()
        else:
            self._transfer.heard()
            self._flow(True)

    def _wrong(self, failure: Failure) -> None:
        self._work = None
        error = failure.value
        self._transfer.end(error if isinstance(error, Exception) else TransferError("given up"))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See L{Protocol}: what has come already is read all the same."""
        self.transport = None
        if self._work is None:
            self._transfer.end(TransferError("connection closed before the end of the transfer"))

    def close(self) -> None:
        """Close at once, and read no more."""
        if self._work is not None:
            self._work.addErrback(lambda _: None)
            self._work.cancel()
            self._work = None
        transport: Any = self.transport
        if transport is not None:
            transport.abortConnection()


def _request(origin: dns.name.Name, serial: int | None, key: dns.tsig.Key | None) -> dns.message.QueryMessage:
    kind = dns.rdatatype.AXFR if serial is None else dns.rdatatype.IXFR
    made = dns.message.make_query(origin, kind, "IN")
    made.id = secrets.randbelow(65536)
    made.flags = dns.flags.Flag(0)
    if serial is not None:
        known = dns.rrset.from_text(origin, 0, "IN", "SOA", f". . {serial} 0 0 0 0")
        made.authority.append(known)
    if key is not None:
        made.use_tsig(key, key.name, algorithm=key.algorithm)
    return made
