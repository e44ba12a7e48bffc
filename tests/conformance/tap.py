"""A TCP relay before an upstream that keeps what its clients say first."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from typing_extensions import Self

from ..interop.ports import HOST, freePort

SNI, EARLY_DATA, PRE_SHARED_KEY = 0, 42, 41


class Tap:
    """
    The relay, until the C{with} block ends.

    @ivar greetings: the first octets of each connection.
    @ivar octets: how many have passed, both ways.
    """

    def __init__(self, port: int) -> None:
        """@param port: where the upstream listens."""
        self.port = freePort()
        self.greetings: list[bytes] = []
        self.octets = 0
        self._to = port
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listening = socket.create_server((HOST, self.port))
        self._run(self._accept)
        return self

    def __exit__(self, *why: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()
        for each in (self._listening, *self._sockets):
            each.close()

    def _run(self, what: Callable[..., None], *arguments: Any) -> None:
        self._threads.append(threading.Thread(target=what, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self._listening.accept()[0]
                self._sockets.append(near)
                with suppress(ConnectionRefusedError):
                    far = socket.create_connection((HOST, self._to))
                    self._sockets.append(far)
                    self._run(self._pass, near, far, True)
                    self._run(self._pass, far, near, False)

    def _pass(self, source: socket.socket, to: socket.socket, first: bool) -> None:
        with suppress(OSError):
            while octets := source.recv(65536):
                if first:
                    self.greetings.append(octets)
                    first = False
                self.octets += len(octets)
                to.sendall(octets)
        with suppress(OSError):
            to.shutdown(socket.SHUT_WR)


def extensions(greeting: bytes) -> dict[int, bytes]:
    """The extensions of a ClientHello (RFC 8446 section 4.1.2) that came in one record."""
    assert greeting[0] == 0x16, greeting[:5].hex()
    assert greeting[5] == 1, greeting[:9].hex()
    at = 9 + 2 + 32
    at += 1 + greeting[at]
    at += 2 + int.from_bytes(greeting[at : at + 2], "big")
    at += 1 + greeting[at]
    end = at + 2 + int.from_bytes(greeting[at : at + 2], "big")
    at += 2
    found = {}
    while at < end:
        kind, length = struct.unpack_from("!HH", greeting, at)
        found[kind] = greeting[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def tickets(greeting: bytes) -> list[bytes]:
    """The tickets that a ClientHello offers (RFC 8446 section 4.2.11)."""
    offered = extensions(greeting).get(PRE_SHARED_KEY, bytes(2))
    left, found = offered[2 : 2 + int.from_bytes(offered[:2], "big")], []
    while left:
        length = int.from_bytes(left[:2], "big")
        found.append(left[2 : 2 + length])
        left = left[2 + length + 4 :]
    return found
