"""Attacks by connections that are held and say little, or read nothing."""

from __future__ import annotations

import itertools
import socket
import ssl

from tests.interop.asking import anyone, query
from tests.interop.connection import framed

from ..upstream import LARGE
from .attack import Done, Effort, Target
from .crowd import Crowd
from .dialling import dial, either, hello, opened

# Octets that make up the greater part of a ClientHello, but not all of it.
_HALF = 150
_LARGE = framed(query(LARGE, "TXT").to_wire())
_ASKED = framed(query("n0.example.org").to_wire())


def handshakes(target: Target, effort: Effort) -> Done:
    """Half of them stop within the ClientHello, the others behind it, with the server's keys made."""
    whole = hello()
    first = itertools.cycle((whole, whole[:_HALF]))
    return Crowd(
        lambda number: dial(target.tls, number), effort.connections, lambda sock: sock.send(next(first))
    ).run(effort.seconds)


def octets(target: Target, effort: Effort) -> Done:
    """An octet a second: of a ClientHello, or behind a handshake of a frame of 65,535."""
    whole, context = hello(), anyone()
    said: dict[socket.socket, int] = {}

    def opens(number: int) -> socket.socket:
        return opened(target.tls, bool(number % 2), number, context)

    def says(sock: socket.socket) -> None:
        at = said.get(sock, 0)
        sock.send(b"\xff" if isinstance(sock, ssl.SSLSocket) else whole[at : at + 1])
        said[sock] = at + 1

    return Crowd(opens, effort.connections, says=says).run(effort.seconds)


def unread(target: Target, effort: Effort) -> Done:
    """Queries without end for a large answer, of which not an octet is read."""
    asked = 0

    def greets(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(0.001)

    def says(sock: socket.socket) -> None:
        nonlocal asked
        sock.sendall(_LARGE * 100)
        asked += 100

    Crowd(either(target), effort.connections, greets, says, 0).run(effort.seconds)
    return Done(asked)


def halfClosed(target: Target, effort: Effort) -> Done:
    """A query, FIN, and then the client stays, and does not read."""

    def greets(sock: socket.socket) -> None:
        sock.send(_ASKED)
        # Of TLS, too, the stream alone ends: there is no close_notify.
        socket.socket.shutdown(sock, socket.SHUT_WR)

    return Crowd(either(target), effort.connections, greets).run(effort.seconds)
