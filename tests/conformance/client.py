"""Clients that send octets as they are given."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from typing_extensions import Self

from ..interop.asking import anyone
from ..interop.connection import framed
from ..interop.ports import HOST
from .message import Message

PATIENCE = 12.0
"""Seconds after which a client gives up: long, for a busy machine."""


def datagrams(port: int) -> socket.socket:
    """A UDP socket that hears one server alone."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.settimeout(PATIENCE)
    one.connect((HOST, port))
    return one


def udp(port: int, wire: bytes) -> bytes:
    """The response to a query over UDP."""
    with datagrams(port) as one:
        one.send(wire)
        return one.recv(65535)


class Stream:
    """A TCP or TLS connection until the C{with} block ends."""

    def __init__(self, port: int, tls: bool, side: ssl.SSLContext | None = None, source: str = HOST) -> None:
        """
        @param side: the client's side of TLS; by default one that offers ALPN and trusts anybody.
        @param source: the address that it comes from.
        """
        self.raw = socket.create_connection((HOST, port), PATIENCE, (source, 0))
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket: Any = self.raw
        self._buffer = b""
        if tls:
            try:
                self.socket = (side or _side()).wrap_socket(
                    self.raw, server_hostname="dot.test", suppress_ragged_eofs=False
                )
            except BaseException:
                self.raw.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self.socket.close()

    def write(self, octets: bytes) -> None:
        """Send octets in one go, over TLS as one record."""
        self.socket.sendall(octets)

    def send(self, *wires: bytes) -> None:
        """Send messages in one go."""
        self.write(framed(*wires))

    def octets(self) -> bytes:
        """
        The next message's octets.

        @raise EOFError: where the server has closed the connection.
        """
        while len(self._buffer) < 2 or len(self._buffer) < self._end:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("the server closed the connection")
            self._buffer += more
        wire, self._buffer = self._buffer[2 : self._end], self._buffer[self._end :]
        return wire

    @property
    def _end(self) -> int:
        return 2 + int.from_bytes(self._buffer[:2], "big")

    def receive(self, count: int = 1) -> list[Message]:
        """So many messages."""
        return [Message(self.octets()) for _ in range(count)]

    def ask(self, wire: bytes) -> Message:
        """One answer to one query."""
        self.send(wire)
        return self.receive()[0]

    def ending(self) -> str:
        """
        Wait for the server to close.

        @return: C{ordered}: FIN, over TLS behind close_notify; C{ragged}, C{reset}; or what came instead.
        """
        try:
            octets = self._buffer + self.socket.recv(65536)
        except ssl.SSLEOFError:
            return "ragged"
        except ConnectionError:
            return "reset"
        return octets.hex() or "ordered"


def _side() -> ssl.SSLContext:
    side = anyone()
    side.set_alpn_protocols(["dot"])
    return side
