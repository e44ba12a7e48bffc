"""One connection of a nameserver of the test's own, and all the ways in which it can end."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Server


def framed(*wires: bytes) -> bytes:
    """Messages as a stream carries them."""
    return b"".join(len(wire).to_bytes(2, "big") + wire for wire in wires)


def received(sock: socket.socket, size: int) -> bytes:
    """
    So many octets of a stream.

    @raise EOFError: where it ends before.
    """
    octets = b""
    while len(octets) < size:
        more = sock.recv(size - len(octets))
        if not more:
            raise EOFError("the server closed the connection")
        octets += more
    return octets


def nextMessage(sock: socket.socket) -> bytes:
    """
    The next message of a stream.

    @raise EOFError: where it ends before.
    """
    return received(sock, int.from_bytes(received(sock, 2), "big"))


def resetAtClose(sock: Any) -> None:
    """Have a socket send RST when it is closed, whatever it still has to send."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


class Connection(asyncio.Protocol):
    """
    A TCP or TLS connection of a L{Server}.

    @ivar number: from 1 up; over TLS those count whose handshake was done.
    @ivar outstanding: IDs of the queries that are not answered yet.
    @ivar peak: the most of them at a time.
    @ivar protocol: the ALPN protocol that was agreed upon.
    @ivar name: the server's name that the client gave (SNI).
    @ivar resumed: it took up a TLS session of before.
    @ivar ended: it was ended here; what still comes is not looked at.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.number = 0
        self.outstanding: set[int] = set()
        self.peak = 0
        self.protocol: str | None = None
        self.name: str | None = None
        self.resumed = False
        self.ended = False
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See L{asyncio.Protocol}; the handshake is done."""
        self.transport: Any = transport
        self._socket = transport.get_extra_info("socket")
        self.port = transport.get_extra_info("peername")[1]
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if tls is not None:
            self.protocol = tls.selected_alpn_protocol()
            self.name = getattr(tls, "wanted", None)
            self.resumed = bool(tls.session_reused)
        self.server.connected(self)

    def data_received(self, data: bytes) -> None:
        """See L{asyncio.Protocol}."""
        self.server.received += data
        octets = self._unread + data
        while len(octets) >= 2 and len(octets) >= (end := 2 + int.from_bytes(octets[:2], "big")):
            wire, octets = octets[2:end], octets[end:]
            if not self.ended:
                self.server.take(wire, self)
        self._unread = octets

    def connection_lost(self, exc: Exception | None) -> None:
        """See L{asyncio.Protocol}."""
        self.server.open.discard(self)

    def expect(self, number: int) -> bool:
        """A query with this ID has come; False where another with it is outstanding."""
        new = number not in self.outstanding
        self.outstanding.add(number)
        self.peak = max(self.peak, len(self.outstanding))
        return new

    def send(self, wire: bytes) -> None:
        """Send one message."""
        if not (self.ended or self.transport.is_closing()):
            self.outstanding.discard(int.from_bytes(wire[:2], "big"))
            self.write(framed(wire))

    def write(self, octets: bytes) -> None:
        """Send octets as they are, over TLS as one record."""
        self.server.sent += len(octets)
        self.transport.write(octets)

    def close(self) -> None:
        """End in order: close_notify, and FIN when the client has closed too."""
        self.ended = True
        self.transport.close()

    def leave(self) -> None:
        """close_notify and FIN at once."""
        self.close()
        self.end()

    def end(self) -> None:
        """FIN alone: over TLS a truncated stream."""
        self.ended = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def abort(self) -> None:
        """RST."""
        self.ended = True
        resetAtClose(self._socket)
        self.transport.abort()

    def forget(self) -> None:
        """Read and answer no more, and don't tell: what is sent from now on is for nobody."""
        self.ended = True
        self.transport.pause_reading()
