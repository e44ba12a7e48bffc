"""Attacks by messages: datagrams without end, and frames that are hard to read."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.interop.connection import framed
from tests.interop.ports import HOST

from ...bench.daemons.silent import PREFIX
from .attack import Done, Effort, Target
from .crowd import Crowd
from .dialling import SOURCES, datagrams, either, paced
from .messages import asked, largeQuestions, pointerBombs, responses

# Answers that a client of the kind that waits for them has outstanding, and for how long it does.
_IN_FLIGHT = 500
_PATIENCE = 0.1
_DATAGRAM = 1400
_CONNECTIONS = 10
# Of names that are never answered: many more than a forwarder may wait for at a time.
_UNANSWERED = 0.25


def reflection(target: Target, effort: Effort) -> Done:
    """Responses in the place of queries: whatever comes back to them could go on for ever."""
    return _sent(target, effort, responses())


def bombs(target: Target, effort: Effort) -> Done:
    """Names of pointers over UDP, TCP and TLS."""
    done = _sent(target, effort._replace(seconds=effort.seconds / 2), pointerBombs(_DATAGRAM))
    more = _framed(target, effort._replace(seconds=effort.seconds / 2), pointerBombs())
    return Done(done.tried + more.tried, done.got)


def large(target: Target, effort: Effort) -> Done:
    """Questions of 64 kB, one after the other; answers are read by nobody."""
    return _framed(target, effort, largeQuestions())


def portZero(target: Target, effort: Effort) -> Done:
    """
    Queries from source port 0, to which no answer can be sent.

    @raise PermissionError: without the right to forge (CAP_NET_RAW).
    """
    payload = asked("n0.example.org")
    datagram = struct.pack("!HHHH", 0, target.plain, 8 + len(payload), 0) + payload
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
        raw.bind((SOURCES[0], 0))
        raw.setblocking(False)
        for _ in paced(effort.seconds, effort.rate):
            with suppress(OSError):
                sent += bool(raw.sendto(datagram, (HOST, 0)))
    return Done(sent)


def unique(target: Target, effort: Effort) -> Done:
    """No name twice, as fast as they are answered: none of them is worth to be kept."""
    label = f"u{random.randrange(1 << 32):x}-"
    end, sent, got = time.monotonic() + effort.seconds, 0, 0
    with datagrams(target.plain) as sock:
        while time.monotonic() < end:
            out = 0
            while out < _IN_FLIGHT:
                sent += 1
                out += _send(sock, asked(f"{label}{sent}.example.org", sent))
            came = _hear(sock, out)
            got += came
    return Done(sent, got)


def unanswered(target: Target, effort: Effort) -> Done:
    """Names to which no server has an answer, so that each is waited for as long as there is patience."""
    label = f"{PREFIX}{random.randrange(1 << 32):x}-"

    def wire(number: int) -> bytes:
        return asked(f"{label}{number}.example.org", number)

    return _paced(target, effort, wire, int(effort.rate * _UNANSWERED))


def _sent(target: Target, effort: Effort, wires: Sequence[bytes]) -> Done:
    return _paced(target, effort, lambda number: wires[number % len(wires)], effort.rate)


def _paced(target: Target, effort: Effort, wire: Callable[[int], bytes], rate: int) -> Done:
    """Send at a rate, from one address after the other; count what comes back."""
    sent = got = 0
    sockets = [datagrams(target.plain, number) for number in range(len(SOURCES))]
    try:
        for number in paced(effort.seconds, rate):
            sock = sockets[number % len(sockets)]
            sent += _send(sock, wire(number))
            got += _came(sock)
        return Done(sent, got)
    finally:
        for sock in sockets:
            sock.close()


def _send(sock: socket.socket, wire: bytes) -> bool:
    # ICMP may say that nobody is there.
    with suppress(OSError):
        return bool(sock.send(wire))
    return False


def _came(sock: socket.socket) -> int:
    """How many answers are there now."""
    number = 0
    with suppress(OSError):
        while sock.recv(4096):
            number += 1
    return number


def _hear(sock: socket.socket, out: int) -> int:
    """How many of so many answers come in time."""
    number, end = 0, time.monotonic() + _PATIENCE
    while number < out and time.monotonic() < end:
        came = _came(sock)
        number += came
        if not came:
            time.sleep(0.0005)
    return number


def _framed(target: Target, effort: Effort, wires: Sequence[bytes]) -> Done:
    """The same in frames, on some connections at a time."""
    sent = 0

    def says(sock: socket.socket) -> None:
        nonlocal sent
        sock.sendall(framed(wires[sent % len(wires)]))
        sent += 1

    Crowd(either(target), _CONNECTIONS, lambda sock: sock.settimeout(0.05), says, 0).run(effort.seconds)
    return Done(sent)
