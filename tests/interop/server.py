"""A nameserver over UDP, TCP or TLS that does as a script says and keeps every query as it came."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .asked import Asked, Logged, Script
from .certificates import Files
from .connection import Connection, resetAtClose
from .loop import Looped
from .ports import HOST, freePort

Door = Callable[["Server", socket.socket], None]
"""What becomes of a TCP connection that was accepted."""


def serverSide(files: Files) -> ssl.SSLContext:
    """A TLS server's side with this certificate; it notes the name that a client wants (SNI)."""
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.load_cert_chain(files.certificate, files.key)
    side.set_alpn_protocols(["dot"])
    side.sni_callback = lambda tls, name, _: setattr(tls, "wanted", name)
    return side


def welcome(server: Server, sock: socket.socket) -> None:
    """Serve it."""
    server.tasks.add(server.loop.create_task(server.serve(sock)))


def ignore(server: Server, sock: socket.socket) -> None:
    """Neither read nor write: over TLS the handshake never begins."""
    server.held.append(sock)


def slam(server: Server, sock: socket.socket) -> None:
    """RST."""
    resetAtClose(sock)
    sock.close()


class Server(Looped):
    """
    The nameserver, in a thread of its own until the C{with} block ends.

    @ivar script: see L{Script}.
    @ivar greet: called with each connection that is made, in the server's loop.
    @ivar door: L{welcome}, L{ignore} or L{slam}; may change at any time.
    @ivar log: all queries in the order in which they came.
    @ivar twice: the queries whose ID another was still outstanding with.
    @ivar received: all octets that came over streams, decrypted.
    @ivar sent: how many octets went over streams, before encryption.
    @ivar accepted: how many TCP connections were made.
    @ivar met: the connections, with TLS: those whose handshake was done.
    @ivar open: those that have not ended.
    """

    def __init__(
        self,
        script: Script,
        side: ssl.SSLContext | None = None,
        udp: bool = False,
        port: int | None = None,
        host: str = HOST,
    ) -> None:
        """@param side: the server's side of TLS; without one TCP is in clear text."""
        super().__init__()
        self.host, self.port = host, port or freePort()
        self.script = script
        self.greet: Callable[[Connection], None] = lambda connection: None
        self.door: Door = welcome
        self.log: list[Logged] = []
        self.received = bytearray()
        self.sent = 0
        self.accepted = 0
        self.met: list[Connection] = []
        self.open: set[Connection] = set()
        self.twice: list[Logged] = []
        self.transport = "tls" if side else "tcp"
        self.tasks: set[asyncio.Task[None]] = set()
        self.held: list[socket.socket] = []
        self.side = side
        self._udp = udp

    @property
    def connections(self) -> int:
        """How many connections were made, with TLS: whose handshake was done."""
        return len(self.met)

    async def start(self) -> None:
        """Listen."""
        self._listening = socket.create_server((self.host, self.port), backlog=512)
        self._listening.setblocking(False)
        self.tasks.add(self.loop.create_task(self._accept()))
        if self._udp:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            sock.bind((self.host, self.port))
            made = await self.loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=sock)
            self._datagrams = made[0]

    async def _accept(self) -> None:
        while True:
            sock, _ = await self.loop.sock_accept(self._listening)
            self.accepted += 1
            self.door(self, sock)

    async def serve(self, sock: socket.socket) -> None:
        """Make a connection of an accepted socket; a client may leave as it likes."""
        # The loop itself does so only for sockets that tell their protocol.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError, ssl.SSLError):
            await self.loop.connect_accepted_socket(lambda: Connection(self), sock, ssl=self.side)

    async def stop(self) -> None:
        """Close everything at once."""
        self._listening.close()
        if self._udp:
            self._datagrams.close()
        for sock in self.held:
            sock.close()
        for connection in list(self.open):
            connection.transport.abort()

    def connected(self, connection: Connection) -> None:
        """A connection is ready for queries."""
        self.met.append(connection)
        self.open.add(connection)
        connection.number = len(self.met)
        self.greet(connection)

    def take(self, wire: bytes, way: Any, source: Any = None) -> None:
        """A whole query has come."""
        if source is not None:
            logged = Logged("udp", source[1], wire, 0)
        else:
            logged = Logged(self.transport, way.port, wire, way.number)
            if not way.expect(logged.id):
                self.twice.append(logged)
        self.log.append(logged)
        self.script(Asked(self, logged, way, source))

    def seen(self, token: str) -> list[Logged]:
        """The queries whose name, class or whatever has these letters in it."""
        wanted = token.encode()
        return [logged for logged in self.log if wanted in logged.wire.lower()]

    def awaits(self, token: str, count: int, within: float = 8.0) -> list[Logged]:
        """The same as soon as there are so many of them."""
        until = time.monotonic() + within
        while len(found := self.seen(token)) < count and time.monotonic() < until:
            time.sleep(0.01)
        return found


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._server.take(data, self._transport, addr)
