"""A nameserver over UDP, TCP or TLS that does as a script says and keeps every query as it came."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, NamedTuple

from typing_extensions import Self

from ..interop.ports import HOST, freePort
from .message import framed


class Logged(NamedTuple):
    """
    A query that came.

    @ivar transport: C{udp}, C{tcp} or C{tls}.
    @ivar port: the port that it came from.
    @ivar connection: the number of its connection, from 1 up; 0 over UDP.
    """

    transport: str
    port: int
    wire: bytes
    connection: int

    @property
    def id(self) -> int:
        """Its message ID."""
        return int.from_bytes(self.wire[:2], "big")


class Asked:
    """A query and the way back to whoever asked."""

    def __init__(self, server: Server, logged: Logged, way: Any, source: Any = None) -> None:
        self.wire = logged.wire
        self.transport = logged.transport
        self.connection = logged.connection
        self.server = server
        self._way = way
        self._source = source

    @property
    def labels(self) -> list[bytes]:
        """The labels of the name asked for."""
        found, offset = [], 12
        while length := self.wire[offset]:
            found.append(self.wire[offset + 1 : offset + 1 + length])
            offset += 1 + length
        return found

    @property
    def label(self) -> str:
        """The first label in lower case."""
        first = self.labels[:1]
        return first[0].lower().decode("latin1") if first else ""

    def send(self, wire: bytes, after: float = 0.0) -> None:
        """Send one message, maybe later."""
        self.call(after, self._sendNow, wire)

    def octets(self, octets: bytes) -> None:
        """Send octets on the connection as they are."""
        self._way.write(octets)

    def call(self, after: float, what: Callable[..., object], *arguments: Any) -> None:
        """Do something now or after so many seconds."""
        if after:
            self.server.loop.call_later(after, what, *arguments)
        else:
            what(*arguments)

    def _sendNow(self, wire: bytes) -> None:
        if self._source is not None:
            self._way.sendto(wire, self._source)
        elif not self._way.is_closing():
            self.server.outstanding.discard((self.connection, int.from_bytes(wire[:2], "big")))
            self._way.write(framed(wire))

    @property
    def closing(self) -> bool:
        """Whether the connection has ended."""
        return bool(self._way.is_closing())

    @property
    def unsent(self) -> int:
        """Octets that wait for the other side to read."""
        return int(self._way.get_write_buffer_size())

    def forge(self, wire: bytes, host: str = HOST, port: int = 0) -> None:
        """Send a datagram to whoever asked from another address or port."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind((host, port))
            other.sendto(wire, self._source)

    def close(self) -> None:
        """End the connection in order."""
        self._way.close()

    def abort(self) -> None:
        """End the connection at once."""
        raw = self._way.get_extra_info("socket")
        with suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._way.abort()


Script = Callable[[Asked], None]


class Server:
    """
    The nameserver, in a thread of its own until the C{with} block ends.

    @ivar log: all queries in the order in which they came.
    @ivar outstanding: connection and ID of all queries over streams that are not answered yet.
    @ivar twice: the queries whose ID another was still outstanding with.
    @ivar octets: how many octets came over streams, decrypted.
    @ivar connections: how many connections were made, with TLS: whose handshake was done.
    """

    def __init__(self, script: Script, side: ssl.SSLContext | None = None, udp: bool = False) -> None:
        """@param side: the server's side of TLS; without one TCP is in clear text."""
        self.port = freePort()
        self.script = script
        self.log: list[Logged] = []
        self.octets = 0
        self.connections = 0
        self.open: set[Any] = set()
        self.outstanding: set[tuple[int, int]] = set()
        self.twice: list[Logged] = []
        self.transport = "tls" if side else "tcp"
        self._side = side
        self._udp = udp
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *why: object) -> None:
        self._run(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def _run(self, doing: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self.loop).result(10)

    async def _start(self) -> None:
        self._listening = await self.loop.create_server(
            lambda: _Connection(self), HOST, self.port, ssl=self._side, backlog=512
        )
        if self._udp:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            sock.bind((HOST, self.port))
            self._datagrams = (await self.loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=sock))[
                0
            ]

    async def _stop(self) -> None:
        self._listening.close()
        if self._udp:
            self._datagrams.close()
        for transport in list(self.open):
            transport.abort()
        await asyncio.sleep(0.05)

    def take(self, logged: Logged, way: Any, source: Any = None) -> None:
        """A whole query has come."""
        self.log.append(logged)
        if logged.connection:
            if (logged.connection, logged.id) in self.outstanding:
                self.twice.append(logged)
            self.outstanding.add((logged.connection, logged.id))
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


class _Connection(asyncio.Protocol):
    def __init__(self, server: Server) -> None:
        self._server = server
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._server.connections += 1
        self._number = self._server.connections
        self._server.open.add(transport)

    def data_received(self, data: bytes) -> None:
        server = self._server
        server.octets += len(data)
        octets = self._unread + data
        while len(octets) >= 2 and len(octets) >= (end := 2 + int.from_bytes(octets[:2], "big")):
            wire, octets = octets[2:end], octets[end:]
            port = self._transport.get_extra_info("peername")[1]
            server.take(Logged(server.transport, port, wire, self._number), self._transport)
        self._unread = octets

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.open.discard(self._transport)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._server.take(Logged("udp", addr[1], data, 0), self._transport, addr)
