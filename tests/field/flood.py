"""More queries than anybody can answer, at a rate that holds, and an account of them."""

from __future__ import annotations

import select
import socket
import time
from collections import Counter
from pathlib import Path

from typing_extensions import Self

from ..conformance.client import datagrams
from ..conformance.message import query

_EACH = 50000
"""Queries of one socket, each with an ID of its own."""

_STEP = 0.005
"""Seconds between two bursts."""


class Flood:
    """
    Queries over UDP, until the C{with} block ends.

    @ivar sent: queries that were sent.
    @ivar rcodes: how often each RCODE came.
    @ivar twice: answers beyond the first to a query.
    """

    def __init__(self, port: int, label: str) -> None:
        self.sent = 0
        self.rcodes: Counter[int] = Counter()
        self.twice = 0
        self._port = port
        self._rest = query(f"{label}.flood.test", id=0)[2:]
        self._sockets: dict[socket.socket, set[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        for one in self._sockets:
            one.close()

    @property
    def answered(self) -> int:
        """Queries that got an answer."""
        return sum(map(len, self._sockets.values()))

    def run(self, rate: int, seconds: float) -> None:
        """Ask so many times a second for so long."""
        start = time.monotonic()
        while (passed := time.monotonic() - start) < seconds:
            while self.sent < passed * rate:
                self._send()
            self._hear(_STEP)

    def rest(self, within: float) -> None:
        """Hear what still comes, until each query that was not dropped on the way has its answer."""
        until = time.monotonic() + within
        while self.answered + dropped(self._port) < self.sent and time.monotonic() < until:
            self._hear(0.1)

    def _send(self) -> None:
        if self.sent % _EACH == 0:
            self._last = datagrams(self._port)
            self._last.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            self._last.setblocking(False)
            self._sockets[self._last] = set()
        self._last.send((self.sent % _EACH).to_bytes(2, "big") + self._rest)
        self.sent += 1

    def _hear(self, seconds: float) -> bool:
        ready = select.select(list(self._sockets), [], [], seconds)[0]
        for one in ready:
            self._drain(one, self._sockets[one])
        return bool(ready)

    def _drain(self, one: socket.socket, heard: set[bytes]) -> None:
        while True:
            try:
                wire = one.recv(4096)
            except BlockingIOError:
                return
            self.twice += wire[:2] in heard
            heard.add(wire[:2])
            self.rcodes[wire[3] & 15] += 1


def dropped(port: int) -> int:
    """Datagrams to a port that the system dropped, as nobody read them in time."""
    for _ in range(20):
        # Sockets that come and go while it is read can hide others.
        for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[1].partition(":")[2], 16) == port:
                return int(fields[-1])
    raise AssertionError(f"nobody listens on port {port}")
