"""Attacks by connections that come, do one thing and go, as fast as they can."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.interop.asking import anyone, query
from tests.interop.connection import framed, resetAtClose

from ...bench.load.visit import Visitor
from ..upstream import LARGE
from .attack import Done, Effort, Target
from .dialling import SOURCES, dial, hello, opened, secured

_ASKED = framed(query("n0.example.org").to_wire())
_LARGE = framed(query(LARGE, "TXT").to_wire())
# Who is refused tries a thousand times a second, not a hundred thousand.
_REFUSED = 0.001


def oneQuery(target: Target, effort: Effort) -> Done:
    """A full handshake for each query."""
    visitors = [Visitor(target.tls, source=source) for source in SOURCES]
    return _together(effort, lambda number: visitors[number % len(visitors)].visit() or True)


def tickets(target: Target, effort: Effort) -> Done:
    """Each shows a ticket that another server has made; who resumes by it has got something."""
    context = anyone()
    session = _session(context, target.other)

    def comes(number: int) -> bool:
        with secured(target.tls, number, context, session) as tls:
            return bool(tls.session_reused)

    return _together(effort, comes)


def _session(context: ssl.SSLContext, port: int) -> ssl.SSLSession | None:
    with secured(port, 0, context) as tls:
        tls.sendall(_ASKED)
        # Tickets of TLS 1.3 come with the answer at the latest.
        tls.recv(4096)
        return tls.session


def resets(target: Target, effort: Effort) -> Done:
    """RST within a ClientHello, behind it, within a frame, and with answers on their way."""
    half, whole, context = hello()[:150], hello(), anyone()
    says = [(False, half), (False, whole), (True, _ASKED[:10]), (True, _LARGE * 50)]

    def comes(number: int) -> bool:
        port, tls = target.streams[number % len(target.streams)]
        shakes, octets = says[number // 2 % len(says)]
        with opened(port, tls and shakes, number, context) as sock:
            resetAtClose(sock)
            sock.send(octets)
        return False

    return _together(effort, comes)


def frames(target: Target, effort: Effort) -> Done:
    """Thousands of frames without a message; or one of 65,535 octets that is none, and goes on for ever."""
    context, empty, endless = anyone(), bytes(20_000), b"\xff" * 65_537

    def comes(number: int) -> bool:
        port, tls = target.streams[number % len(target.streams)]
        with opened(port, tls, number, context) as sock:
            for _ in range(20):
                sock.sendall(endless if number // 2 % 2 else empty)
        return False

    return _together(effort, comes)


def garbage(target: Target, effort: Effort) -> Done:
    """Behind the handshake: records that can't be decrypted, no records at all, messages that are none."""
    context = anyone()

    def comes(number: int) -> bool:
        with secured(target.tls, number, context) as tls:
            if number % 3 == 0:
                tls.sendall(bytes(range(256)) * 64)
            else:
                octets = b"\x17\x03\x03\x40\x00" + bytes(16384) if number % 3 == 1 else b"\xfe" * 16384
                socket.socket.sendall(tls, octets)
        return False

    return _together(effort, comes)


def plain(target: Target, effort: Effort) -> Done:
    """Clear text where TLS is spoken."""

    def comes(number: int) -> bool:
        with dial(target.tls, number) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n" if number % 2 else _ASKED)
        return False

    return _together(effort, comes)


def _together(effort: Effort, comes: Callable[[int], bool], threads: int = 8) -> Done:
    """Come again and again for so long; whatever the other side does to a connection is its right."""
    end = time.monotonic() + effort.seconds

    def one(thread: int) -> tuple[int, int]:
        tried = got = 0
        while time.monotonic() < end:
            tried += 1
            try:
                got += comes(thread + threads * tried)
            except OSError:
                time.sleep(_REFUSED)
        return tried, got

    with ThreadPoolExecutor(threads) as pool:
        counts = list(pool.map(one, range(threads)))
    return Done(sum(tried for tried, _ in counts), sum(got for _, got in counts))
