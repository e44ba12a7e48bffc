"""How a polite client asks: by a socket of UDP, or on a connection of TCP or TLS that is kept."""

from __future__ import annotations

import socket
import ssl
from typing import Protocol

from tests.interop.asking import anyone
from tests.interop.connection import framed
from tests.interop.ports import HOST

POLITE = "127.2.0.1"
"""The address of polite clients, in another network than those of the attackers."""

_TIMEOUT = 2.0


class Line(Protocol):
    """One of them."""

    def fileno(self) -> int:
        """What is waited for."""

    def send(self, wire: bytes) -> None:
        """
        Ask.

        @raise OSError: where the line is gone.
        """

    def receive(self) -> list[bytes]:
        """
        What has come.

        @raise OSError: where the line is gone.
        """

    def close(self) -> None:
        """Leave."""


class UdpLine:
    """A socket of its own."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((POLITE, 0))
        self._socket.connect((HOST, port))
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """See L{Line}."""
        return self._socket.fileno()

    def send(self, wire: bytes) -> None:
        """See L{Line}."""
        self._socket.send(wire)

    def receive(self) -> list[bytes]:
        """See L{Line}."""
        wires = []
        try:
            while True:
                wires.append(self._socket.recv(65535))
        except BlockingIOError:
            return wires

    def close(self) -> None:
        """See L{Line}."""
        self._socket.close()


class StreamLine:
    """A connection of TCP."""

    def __init__(self, port: int) -> None:
        """@raise OSError: where there is none within two seconds."""
        self._unread = b""
        self._socket = self._connected(port)
        self._socket.setblocking(False)

    def _connected(self, port: int) -> socket.socket:
        made = socket.create_connection((HOST, port), _TIMEOUT, (POLITE, 0))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def fileno(self) -> int:
        """See L{Line}."""
        return self._socket.fileno()

    def send(self, wire: bytes) -> None:
        """See L{Line}."""
        self._socket.send(framed(wire))

    def receive(self) -> list[bytes]:
        """See L{Line}."""
        try:
            while octets := self._socket.recv(65536):
                self._unread += octets
            raise ConnectionError("closed")
        except (BlockingIOError, ssl.SSLWantReadError):
            return self._whole()

    def _whole(self) -> list[bytes]:
        wires, octets = [], self._unread
        while len(octets) >= 2 and len(octets) >= (end := 2 + int.from_bytes(octets[:2], "big")):
            wires.append(octets[2:end])
            octets = octets[end:]
        self._unread = octets
        return wires

    def close(self) -> None:
        """See L{Line}."""
        self._socket.close()


class TlsLine(StreamLine):
    """A connection of TLS."""

    def _connected(self, port: int) -> socket.socket:
        raw = super()._connected(port)
        try:
            return anyone().wrap_socket(raw)
        except BaseException:
            raw.close()
            raise
