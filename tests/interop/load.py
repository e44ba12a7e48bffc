"""Queries at a pace, each for a name of its own, and what came of each."""

from __future__ import annotations

import select
import socket
import time
from collections import Counter
from collections.abc import Sequence

import dns.rcode

from .asking import query
from .ports import HOST

RATE = 50.0

_ROOM = 1 << 22


class Load:
    """
    One client's queries over UDP.

    @ivar sent: when each was sent, by its ID.
    @ivar took: seconds until each was answered, by its ID.
    @ivar rcodes: the RCODE of each answer, by its ID.
    @ivar twice: answers to what had been answered.
    """

    def __init__(self, port: int, rate: float = RATE, host: str = HOST) -> None:
        """
        @param rate: queries a second.
        """
        self.sent: dict[int, float] = {}
        self.took: dict[int, float] = {}
        self.rcodes: dict[int, str] = {}
        self.twice = 0
        self._rate = rate
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self._socket.connect((host, port))

    def run(self, seconds: float, rate: float | None = None) -> range:
        """
        Ask for so long.

        @param rate: queries a second, where not as always.
        @return: the IDs of these queries.
        """
        pace = rate or self._rate
        first, start = len(self.sent) + 1, time.monotonic()
        wires = [self._wire(first + number) for number in range(int(seconds * pace))]
        for number, wire in enumerate(wires):
            self.sent[first + number] = time.monotonic()
            self._socket.send(wire)
            self._read(start + (number + 1) / pace)
        return range(first, first + len(wires))

    def wait(self, seconds: float) -> None:
        """Ask nothing for so long."""
        self._read(time.monotonic() + seconds)

    def rest(self, patience: float = 6.0) -> None:
        """Wait for what is still out, and then for what must not come."""
        until = time.monotonic() + patience
        while len(self.took) < len(self.sent) and time.monotonic() < until:
            self.wait(0.1)
        self.wait(0.3)
        self._socket.close()

    def times(self, numbers: range | None = None) -> list[float]:
        """
        Seconds until the answers, least first; those never answered are not among them.

        @param numbers: the IDs of the queries that are meant; None for all.
        """
        return sorted(took for number, took in self.took.items() if numbers is None or number in numbers)

    def _wire(self, number: int) -> bytes:
        asked = query(f"w{number}.d{number % 50}.example.org")
        asked.id = number
        return asked.to_wire()

    def _read(self, until: float) -> None:
        while True:
            left = until - time.monotonic()
            if not select.select([self._socket], [], [], max(left, 0.0))[0]:
                return
            self._take()

    def _take(self) -> None:
        try:
            answer = self._socket.recv(65535)
        except ConnectionRefusedError:
            return  # nobody listens just now: the query is lost
        number = int.from_bytes(answer[:2], "big")
        if number in self.took:
            self.twice += 1
            return
        self.took[number] = time.monotonic() - self.sent[number]
        self.rcodes[number] = dns.rcode.to_text(dns.rcode.Rcode(answer[3] & 15))

    def late(self, start: float, end: float) -> float:
        """Seconds within which 99 of 100 of the queries sent in this span of time were answered."""
        took = sorted(self.took[number] for number, sent in self.sent.items() if start <= sent < end)
        assert len(took) > self._rate, "too few queries to tell"
        return quantile(took, 0.99)

    def assertNothingLost(self, what: str, rcode: str = "NXDOMAIN") -> None:
        """Each has one answer, with this RCODE."""
        assert len(self.took) == len(self.sent), what
        assert self.twice == 0, what
        assert Counter(self.rcodes.values()) == {rcode: len(self.sent)}, what


def quantile(times: Sequence[float], share: float) -> float:
    """
    The time within which this share of all is done.

    @param times: least first, and at least one.
    """
    return times[min(int(len(times) * share), len(times) - 1)]
