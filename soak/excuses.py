"""Why a query may have no answer: what our own acts have cost."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

FULL = "the system had no room"


class Excuses:
    """
    Whoever is about to end a process says for which clients that is a reason; all others have to be answered.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._reasons: dict[tuple[bool, int], str] = {}
        self._dropped = 0

    def begin(self, port: int) -> None:
        """
        A client begins to wait for datagrams.

        @param port: the client's own.
        """
        with self._lock:
            self._waiting.add(port)
            self._reasons.pop((True, port), None)

    def end(self, isDatagram: bool, port: int) -> str:
        """
        A client waits no more.

        @return: the reason for which it may have waited in vain; empty where there is none.
        """
        with self._lock:
            self._waiting.discard(port)
            return self._reasons.pop((isDatagram, port), "")

    def connections(self, ports: Iterable[int], reason: str) -> None:
        """The connections of these clients end, and what was asked there has no answer."""
        with self._lock:
            self._reasons.update({(False, port): reason for port in ports})

    def datagrams(self, reason: str) -> None:
        """What is on its way over UDP may be lost."""
        with self._lock:
            self._reasons.update({(True, port): reason for port in self._waiting})

    def watch(self) -> None:
        """From now on count datagrams that the system drops for want of room."""
        self._dropped = dropped()

    def claim(self) -> str:
        """One of those, if there is any that nobody has claimed."""
        with self._lock:
            if dropped() <= self._dropped:
                return ""
            self._dropped += 1
            return FULL


def dropped() -> int:
    """Datagrams that were dropped for want of room, in this thread's network."""
    lines = [line.split() for line in Path("/proc/thread-self/net/snmp").read_text().splitlines()]
    names, values = (line for line in lines if line[0] == "Udp:")
    return int(values[names.index("RcvbufErrors")])
