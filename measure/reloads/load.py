"""Clients over all transports at a steady rate, and those that come and go."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ..bench.load.background import Background, readVisits, together, visitors
from ..bench.load.dnsperf import Answers, Load, LoadError, command, read
from ..bench.load.visits import Visits
from .subject import Subject

PATIENCE = 5
"""Seconds after which a query is lost."""

# The names that are asked for again and again; few, since they are asked for anew where a cache is new.
_KNOWN = 50
_CONNECTIONS = 20
# Visits a second: of those that resume some do, until the front has new keys for tickets.
_FULL, _RESUMING = 10, 50
_SLOWEST = re.compile(r"Average Latency.*max ([\d.]+)")


class Lost(NamedTuple):
    """
    What became of the queries of one transport.

    @ivar slowest: seconds until the last answer.
    """

    answers: Answers
    slowest: float


class Clients:
    """All of them, while they run."""

    def __init__(self, running: list[Background], modes: tuple[str, ...]) -> None:
        self._running, self._modes = running, modes

    def lost(self, seconds: float) -> dict[str, Lost]:
        """
        What became of the steady queries, by transport.

        @param seconds: how long they may still take.
        """
        said = [each.said(seconds) for each in self._running[: len(self._modes)]]
        return {mode: _lost(text) for mode, text in zip(self._modes, said, strict=True)}

    def visits(self) -> dict[str, Visits]:
        """What became of those that come and go."""
        full, resuming = (readVisits(each.said(60)) for each in self._running[len(self._modes) :])
        return {"full": full, "resuming": resuming}


@contextmanager
def clients(subject: Subject, folder: Path, seconds: float, rate: float) -> Iterator[Clients]:
    """
    Let them ask for so long.

    @param folder: for the names that they ask for.
    @param rate: steady queries a second, of UDP, TCP and TLS together.
    """
    ports = {"udp": subject.port, "tcp": subject.port, "dot": subject.tlsPort}
    each = math.ceil(rate / len(ports))
    steady = [
        command(
            Load(mode, _CONNECTIONS, flight=max(400, int(rate))),
            port,
            _names(folder / mode, int(each * seconds)),
            *("-l", f"{seconds:g}", "-Q", str(each), "-t", str(PATIENCE)),
        )
        for mode, port in ports.items()
    ]
    coming = [
        visitors(subject.tlsPort, seconds, int(seconds * _FULL)),
        visitors(subject.tlsPort, seconds, int(seconds * _RESUMING), resumes=True),
    ]
    with together(*steady, *coming) as running:
        yield Clients(running, tuple(ports))


def _names(file: Path, count: int) -> Path:
    """Every second one is in the cache, all others are asked for once."""
    with file.open("w", encoding="ascii") as written:
        for number in range(count // 2 + 1):
            written.write(f"n{number % _KNOWN}.example.org A\n")
            written.write(f"{file.parent.name}-{file.name}{number}.example.org A\n")
    return file


def _lost(text: str) -> Lost:
    slowest = _SLOWEST.search(text)
    if slowest is None:
        raise LoadError(f"dnsperf tells no latency:\n{text}")
    return Lost(read(text), float(slowest[1]))
