"""The server's side of one TLS connection, sans-IO: octets of the wire in and out.

The stdlib's SSLObject over memory BIOs moved two to three times as many small
messages as Twisted's TLS transport in the project's measurements
(docs/performance.rst): no exception for each read, no second reactor turn.
"""

from __future__ import annotations

import ssl
from contextlib import suppress

from .hello import NO_APPLICATION_PROTOCOL_ALERT, alpnOffer

_RECORD = 16384


class HandshakeRefused(Exception):
    """The peer can't be served; L{ServerChannel.take} has its alert ready."""


class ServerChannel:
    """
    @ivar open: the handshake is done.
    @ivar finished: the peer has sent close_notify; he may still be answered.
    """

    __slots__ = ("_alert", "_hello", "_incoming", "_outgoing", "_tls", "finished", "open")

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._alert = b""
        # The ClientHello so far; None as soon as its ALPN offer is judged.
        self._hello: bytes | None = b""
        self.open = False
        self.finished = False

    def feed(self, octets: bytes | memoryview) -> bytes:
        """
        Take octets of the wire.

        @return: the plain octets in them.
        @raise ssl.SSLError: where the peer breaks the protocol; an alert is ready.
        @raise HandshakeRefused: where he speaks another protocol (RFC 7301 section 3.2).
        """
        if self._hello is not None:
            self._checkHello(self._hello + octets)
        self._incoming.write(octets)
        if not self.open:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                if self._outgoing.pending:
                    self._hello = None
                return b""
            self.open = True
        return self._read()

    def _checkHello(self, hello: bytes) -> None:
        """
        The stdlib goes on without ALPN where no protocol is shared; RFC 7301 wants the
        alert 120, which keeps HTTP's and others' clients from mixing us up.
        """
        offer = alpnOffer(hello)
        self._hello = hello if offer is None and len(hello) < _RECORD else None
        if offer and b"dot" not in offer:
            self._alert = NO_APPLICATION_PROTOCOL_ALERT
            raise HandshakeRefused("ALPN without dot")

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
        """Octets of the wire for plain ones, and for what the handshake wants to say."""
        self._tls.write(octets)
        return self._outgoing.read()

    def take(self) -> bytes:
        """Octets of the wire that the handshake, or an alert, wants to send."""
        if self._alert:
            return self._alert
        return self._outgoing.read() if self._outgoing.pending else b""

    def close(self) -> bytes:
        """The octets of close_notify (RFC 8446 section 6.1)."""
        if self.open:
            with suppress(ssl.SSLError):
                self._tls.unwrap()
        return self._outgoing.read()

    @property
    def ticketsAlone(self) -> bool:
        """Whether the client needs nothing to end the handshake: what is to be sent then are tickets."""
        return self._tls.version() == "TLSv1.3"

    @property
    def context(self) -> ssl.SSLContext:
        """The certificate and ticket keys that it uses."""
        return self._tls.context

    @property
    def forTransfers(self) -> bool:
        """Whether zones may go over it: TLS 1.3 and ALPN (RFC 9103 sections 7.1 and 7.2)."""
        return self._tls.version() == "TLSv1.3" and self._tls.selected_alpn_protocol() == "dot"

    @property
    def resumed(self) -> bool:
        """Whether the handshake resumed an earlier session."""
        return bool(self._tls.session_reused)


class ClearChannel:
    """The same without TLS."""

    __slots__ = ()
    open = True
    finished = False
    resumed = False
    ticketsAlone = False
    forTransfers = True

    def feed(self, octets: bytes | memoryview) -> bytes:
        """The octets themselves."""
        return bytes(octets)

    def seal(self, octets: bytes) -> bytes:
        """The octets themselves."""
        return octets

    def take(self) -> bytes:
        """Nothing."""
        return b""

    def close(self) -> bytes:
        """Nothing."""
        return b""
