"""The server's side of one TLS connection, sans-IO: octets of the wire in and out.

The stdlib's SSLObject over memory BIOs moved two to three times as many small
messages as Twisted's TLS transport in the project's measurements
(docs/performance.rst): no exception for each read, no second reactor turn.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import Final

from .alpnoffer import NO_APPLICATION_PROTOCOL_ALERT, UNEXPECTED_MESSAGE_ALERT, alpnOffer
from .channel import Channel, HandshakeRefused
from .chosengroup import chosenGroup
from .helloreader import HelloReader, UnreadableHello

_RECORD: Final = 16384

# Octets that may bring no data: those of the largest record (RFC 8446 section 5.2) as it comes, and some new
# keys before it. Each of these takes OpenSSL 20 µs, and it stops at nothing that it is given at a time.
_FRUITLESS: Final = 20_000
_AT_A_TIME: Final = 4096

# The random of a HelloRetryRequest (RFC 8446 section 4.1.3), and where it stands in a server's first flight.
_RETRY: Final = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_RANDOM: Final = 11


class ServerChannel(Channel):
    """The server's side of one TLS connection."""

    __slots__ = ("_context", "_fruitless", "_hello", "_incoming", "_outgoing", "_ready", "_tls")

    # OpenSSL's part, which is not there before a ClientHello is whole: who never sends one costs none of it.
    _tls: ssl.SSLObject

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(False)
        # None as soon as OpenSSL has it.
        self._context: ssl.SSLContext | None = context
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        # Of the handshake, or the alert that ends it.
        self._ready = b""
        # What reads the ClientHello that is awaited; None as soon as its ALPN offer is judged.
        self._hello: HelloReader | None = HelloReader()
        # Octets since the last data.
        self._fruitless = 0

    def feed(self, octets: bytes | memoryview) -> bytes:
        """See L{Channel.feed}."""
        if not self.open:
            return self._shakeHands(octets)
        if len(octets) > _AT_A_TIME:
            return self._feedMany(octets)
        self._incoming.write(octets)
        plain = self._read()
        if not plain:
            self._bear(len(octets))
        elif self._fruitless:
            self._fruitless = 0
        return plain

    def _feedMany(self, octets: bytes | memoryview) -> bytes:
        return b"".join([self.feed(octets[at : at + _AT_A_TIME]) for at in range(0, len(octets), _AT_A_TIME)])

    def _bear(self, count: int) -> None:
        """
        Octets without data have come: part of a record, or new keys, empty records and the like.

        @raise ssl.SSLError: where there were too many.
        """
        self._fruitless += count
        if self._fruitless > _FRUITLESS and not self.finished:
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, "records without data")

    def _shakeHands(self, octets: bytes | memoryview) -> bytes:
        hello = self._hello
        if hello is not None and not (octets := self._judged(hello, octets)):
            return b""
        self._incoming.write(octets)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._keepFlight()
            return self.feed(hello.rest) if hello is not None and hello.rest else b""
        self.open = True
        return self._read()

    def _judged(self, hello: HelloReader, octets: bytes | memoryview) -> bytes | memoryview:
        """
        What OpenSSL may have by now: of a ClientHello nothing before its ALPN offer is judged.

        The stdlib goes on without ALPN where no protocol is shared; RFC 7301 wants the
        alert 120, which keeps HTTP's and others' clients from mixing us up.
        """
        try:
            octets = hello.feed(octets)
            if hello.body is None:
                return octets
            offer = alpnOffer(hello.body)
            if offer is not None and b"dot" not in offer:
                self._ready = NO_APPLICATION_PROTOCOL_ALERT
                raise HandshakeRefused("ALPN without dot")
            if hello.more:
                raise UnreadableHello
        except UnreadableHello:
            self._reject(hello)
        self._hello = None
        self._begin()
        return octets

    def _begin(self) -> None:
        """Have OpenSSL take part from now on."""
        context = self._context
        if context is not None:
            self._context = None
            self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def _reject(self, hello: HelloReader) -> None:
        """
        End the handshake: OpenSSL can tell best what is wrong, but must not go on with it.

        @raise ssl.SSLError: what OpenSSL says.
        @raise HandshakeRefused: where it would go on.
        """
        self._begin()
        self._incoming.write(hello.unread)
        with suppress(ssl.SSLWantReadError):
            self._tls.do_handshake()
        self._outgoing.read()
        self._ready = UNEXPECTED_MESSAGE_ALERT
        raise HandshakeRefused("unreadable ClientHello")

    def _keepFlight(self) -> None:
        """Keep what the handshake sends; a HelloRetryRequest asks for one more ClientHello."""
        flight = self._outgoing.read()
        if flight[_RANDOM : _RANDOM + 32] == _RETRY:
            self._hello = HelloReader(again=True)
        self.group = chosenGroup(flight) or self.group
        self._ready += flight

    def _read(self) -> bytes:
        incoming, read = self._incoming, self._tls.read
        parts: list[bytes] = []
        try:
            # pending tells without an exception (2 µs) that all has been read.
            while incoming.pending:
                part = read(_RECORD)
                if not part:
                    self.finished = True
                    break
                if not (parts or incoming.pending):
                    # One record, as most reads are with a query or two a connection: 0.02 of the query.
                    return part
                parts.append(part)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.finished = True
        return b"".join(parts)

    def seal(self, octets: bytes) -> bytes:
        """See L{Channel.seal}."""
        self._tls.write(octets)
        return self._outgoing.read()

    def take(self) -> bytes:
        """See L{Channel.take}."""
        if self._ready:
            ready, self._ready = self._ready, b""
            return ready + self._outgoing.read()
        return self._outgoing.read() if self._outgoing.pending else b""

    def close(self) -> bytes:
        """The octets of close_notify (RFC 8446 section 6.1)."""
        if self.open:
            # suppress would take 1 µs.
            try:  # noqa: SIM105
                self._tls.unwrap()
            except ssl.SSLError:
                pass
        return self._outgoing.read()

    @property
    def ticketsAlone(self) -> bool:
        """See L{Channel.ticketsAlone}: in TLS 1.2 the server's is the last word."""
        return self._tls.version() == "TLSv1.3"

    @property
    def context(self) -> ssl.SSLContext:
        """The certificate and ticket keys that it uses."""
        return self._context or self._tls.context

    @property
    def forTransfers(self) -> bool:
        """See L{Channel.forTransfers}: TLS 1.3 and ALPN (RFC 9103 sections 7.1 and 7.2)."""
        return self._tls.version() == "TLSv1.3" and self._tls.selected_alpn_protocol() == "dot"

    @property
    def agreed(self) -> tuple[str, str, str]:
        """See L{Channel.agreed}."""
        cipher = self._tls.cipher()
        return (
            self._tls.version() or "",
            cipher[0] if cipher else "",
            self._tls.selected_alpn_protocol() or "",
        )

    @property
    def resumed(self) -> bool:
        """See L{Channel.resumed}."""
        return bool(self._tls.session_reused)
