"""A query that a nameserver of the test's own got, and the way back."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .connection import Connection
from .ports import HOST

if TYPE_CHECKING:
    from .server import Server


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
    """
    A query and the way back to whoever asked.

    @ivar way: its connection; over UDP the server's socket.
    @ivar source: the address of who asked over UDP.
    """

    def __init__(self, server: Server, logged: Logged, way: Any, source: Any = None) -> None:
        self.wire = logged.wire
        self.transport = logged.transport
        self.connection = logged.connection
        self.server = server
        self.way = way
        self.source = source

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

    @property
    def stream(self) -> Connection:
        """The connection that it came on."""
        assert isinstance(self.way, Connection)
        return self.way

    def send(self, wire: bytes, after: float = 0.0) -> None:
        """Send one message, maybe later."""
        self.call(after, self._sendNow, wire)

    def _sendNow(self, wire: bytes) -> None:
        if self.source is not None:
            self.way.sendto(wire, self.source)
        else:
            self.stream.send(wire)

    def octets(self, octets: bytes) -> None:
        """Send octets on the connection as they are."""
        self.stream.write(octets)

    def call(self, after: float, what: Callable[..., object], *arguments: Any) -> None:
        """Do something now or after so many seconds."""
        if after:
            self.server.loop.call_later(after, what, *arguments)
        else:
            what(*arguments)

    @property
    def closing(self) -> bool:
        """Whether the connection has ended."""
        return bool(self.stream.transport.is_closing())

    @property
    def unsent(self) -> int:
        """Octets that wait for the other side to read."""
        return int(self.stream.transport.get_write_buffer_size())

    def forge(self, wire: bytes, host: str = HOST, port: int = 0) -> None:
        """Send a datagram to whoever asked from another address or port."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind((host, port))
            other.sendto(wire, self.source)

    def close(self) -> None:
        """See L{Connection.close}."""
        self.stream.close()

    def abort(self) -> None:
        """See L{Connection.abort}."""
        self.stream.abort()


Script = Callable[[Asked], None]
"""What a server does with each query: it runs in the server's loop, and may answer then, later or never."""
