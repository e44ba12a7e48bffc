"""Connections of attackers: all from one /24, and none of them waits for long."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from tests.interop.asking import anyone
from tests.interop.ports import HOST

from .attack import Target

SOURCES = [f"127.1.0.{number}" for number in range(1, 11)]
"""The attackers' addresses."""

_TIMEOUT = 1.0
_SHORT = 0.01


def dial(port: int, number: int = 0) -> socket.socket:
    """
    The connection of one of them.

    @raise OSError: where there is none within a second.
    """
    source = (SOURCES[number % len(SOURCES)], 0)
    made = socket.create_connection((HOST, port), _TIMEOUT, source)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def secured(
    port: int,
    number: int = 0,
    context: ssl.SSLContext | None = None,
    session: ssl.SSLSession | None = None,
) -> ssl.SSLSocket:
    """
    The same with TLS, its handshake done.

    @raise OSError: where it is not within a second.
    """
    raw = dial(port, number)
    try:
        return (context or anyone()).wrap_socket(raw, session=session)
    except BaseException:
        raw.close()
        raise


def opened(port: int, tls: bool, number: int = 0, context: ssl.SSLContext | None = None) -> socket.socket:
    """One or the other."""
    return secured(port, number, context) if tls else dial(port, number)


Opens = Callable[[int], socket.socket]
"""Makes the n-th connection."""


def either(target: Target) -> Opens:
    """TCP and TLS in turn."""
    context, ports = anyone(), target.streams

    def opens(number: int) -> socket.socket:
        port, tls = ports[number % len(ports)]
        return opened(port, tls, number, context)

    return opens


def hello() -> bytes:
    """A ClientHello of OpenSSL's, whole, in its record."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        anyone().wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()


def datagrams(port: int, number: int = 0) -> socket.socket:
    """A UDP socket of one of them."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((SOURCES[number % len(SOURCES)], 0))
    made.connect((HOST, port))
    made.setblocking(False)
    return made


def paced(seconds: float, rate: int) -> Iterator[int]:
    """Numbers from 0 up, so many a second, until the time is over."""
    begin, number = time.monotonic(), 0
    while (since := time.monotonic() - begin) < seconds:
        due = int(since * rate) + 1
        while number < due:
            yield number
            number += 1
        time.sleep(_SHORT)
