"""Clients who mean no good, or know no better: nobody keeps books of what becomes of them."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from tests.interop.asking import anyone, query
from tests.interop.certificates import NAME
from tests.interop.connection import framed, resetAtClose
from tests.interop.ports import HOST
from tests.interop.steadyclients import Ports

from .plan import dealt

# Seconds that one stays, and may wait for something.
_STAYS = 0.3
_WIRE = query("n0.example.org").to_wire()
_MANY = 200


class Strangers(threading.Thread):
    """
    One after the other, each doing something else.

    @ivar done: how many there were, by what they did.
    """

    def __init__(self, ports: Ports, seed: int, over: threading.Event, pause: float) -> None:
        """
        @param over: they are to end.
        @param pause: seconds from one to the next.
        """
        super().__init__(name="strangers", daemon=True)
        self.done: Counter[str] = Counter()
        self._ports, self._over, self._pause = ports, over, pause
        self._dice = random.Random(f"{seed} strangers")

    def run(self) -> None:
        """Until they are to end."""
        for kind in dealt([*_KINDS], self._dice):
            if self._over.wait(self._pause):
                return
            # Whatever the daemon does about it.
            with suppress(OSError):
                _KINDS[kind](self)
            self.done[kind] += 1

    def _stays(self) -> None:
        self._over.wait(_STAYS)

    def connect(self, port: int, *octets: bytes) -> socket.socket:
        """A connection with octets that were sent over it."""
        made = socket.create_connection((HOST, port), 5)
        made.settimeout(_STAYS)
        for each in octets:
            made.sendall(each)
        return made

    def silent(self) -> None:
        """A handshake that never begins."""
        with self.connect(self._ports.tls):
            self._stays()

    def slow(self) -> None:
        """A query, octet by octet, without its end."""
        with self.connect(self._ports.plain, *(bytes((octet,)) for octet in framed(_WIRE)[:-1])):
            self._stays()

    def garbage(self) -> None:
        """What is no TLS."""
        with self.connect(self._ports.tls, self._dice.randbytes(300)):
            self._stays()

    def behind(self) -> None:
        """What is no DNS, behind a handshake."""
        with anyone().wrap_socket(self.connect(self._ports.tls), server_hostname=NAME) as tls:
            tls.sendall(self._dice.randbytes(500))
            self._stays()

    def empty(self) -> None:
        """Messages of no octets."""
        with self.connect(self._ports.plain, bytes(2 * 50)):
            self._stays()

    def halfClosed(self) -> None:
        """A query, and FIN."""
        with self.connect(self._ports.plain, framed(_WIRE)) as made:
            made.shutdown(socket.SHUT_WR)
            made.recv(65535)

    def reset(self) -> None:
        """A query, and RST."""
        with self.connect(self._ports.plain, framed(_WIRE)) as made:
            resetAtClose(made)

    def unread(self) -> None:
        """Many queries, and no answer read."""
        with self.connect(self._ports.plain, framed(*[_WIRE] * _MANY)):
            self._stays()

    def datagrams(self) -> None:
        """No query, a response, and one that is cut."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
            made.connect((HOST, self._ports.plain))
            for octets in (self._dice.randbytes(40), _WIRE[:2] + b"\x81" + _WIRE[3:], _WIRE[:20], b""):
                made.send(octets)


_KINDS: dict[str, Callable[[Strangers], None]] = {
    "silent": Strangers.silent,
    "slow": Strangers.slow,
    "garbage": Strangers.garbage,
    "behind": Strangers.behind,
    "empty": Strangers.empty,
    "half-closed": Strangers.halfClosed,
    "reset": Strangers.reset,
    "unread": Strangers.unread,
    "datagrams": Strangers.datagrams,
}
