"""Queries at a steady rate, and what became of each."""

from __future__ import annotations

import select
import socket
import time

import dns.message
import dns.rcode

from .asking import query
from .ports import HOST

RATE = 50.0


class Load:
    """
    Queries at a steady rate, each for a name of its own.

    @ivar sent: when each was sent, by its ID.
    @ivar took: seconds until each was answered, by its ID.
    @ivar rcodes: how often each RCODE came.
    """

    def __init__(self, port: int) -> None:
        self.sent: dict[int, float] = {}
        self.took: dict[int, float] = {}
        self.rcodes: dict[str, int] = {}
        self.twice = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect((HOST, port))

    def run(self, seconds: float) -> None:
        """Ask for so long."""
        for _ in range(int(seconds * RATE)):
            number = len(self.sent) + 1
            asked = query(f"w{number}.d{number % 50}.example.org")
            asked.id = number
            self.sent[number] = time.monotonic()
            self._socket.send(asked.to_wire())
            self._read(1 / RATE)

    def rest(self) -> None:
        """Wait for what is still out, and then for what must not come."""
        until = time.monotonic() + 6
        while len(self.took) < len(self.sent) and time.monotonic() < until:
            self._read(0.1)
        self._read(0.3)
        self._socket.close()

    def _read(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self._socket], [], [], left)[0]:
                return
            answer = dns.message.from_wire(self._socket.recv(65535))
            self.twice += answer.id in self.took
            self.took[answer.id] = time.monotonic() - self.sent[answer.id]
            rcode = dns.rcode.to_text(answer.rcode())
            self.rcodes[rcode] = self.rcodes.get(rcode, 0) + 1

    def assertNothingLost(self, kind: str) -> None:
        """Each has one answer, and it is NXDOMAIN, as the zone has none of these names."""
        assert len(self.took) == len(self.sent), kind
        assert self.twice == 0, kind
        assert self.rcodes == {"NXDOMAIN": len(self.sent)}, kind

    def late(self, start: float, end: float) -> float:
        """Seconds within which 99 of 100 of the queries sent in this span of time were answered."""
        took = sorted(self.took[number] for number, sent in self.sent.items() if start <= sent < end)
        assert len(took) > RATE, "too few queries to tell"
        return took[len(took) * 99 // 100]
