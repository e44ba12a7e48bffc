"""One run of dnsperf against a daemon: what was answered, how late, and what it cost the daemon."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.interop.asking import output
from tests.interop.ports import HOST

from .processes import cpuSeconds

IN_FLIGHT = 400
"""Queries without an answer at a time, over all connections; two a connection where those are more."""

PATIENCE = 2
"""Seconds after which a query is lost."""

_FIGURES = {
    "completed": re.compile(r"Queries completed: +(\d+)"),
    "lost": re.compile(r"Queries lost: +(\d+)"),
    "rate": re.compile(r"Queries per second: +([\d.]+)"),
}
_GOOD = re.compile(r"Response codes:.*?NOERROR (\d+)")
# With -v a line each: the response code (T for none in time), name, type, seconds.
_EACH = re.compile(r"^> (\S+) \S+ \S+(?: ([\d.]+))?$", re.MULTILINE)


class LoadError(Exception):
    """A load generator gave no figures."""


@dataclass(frozen=True)
class Load:
    """
    How dnsperf asks.

    @ivar mode: its transport: C{udp} or C{dot}.
    @ivar connections: its sockets; each is a client of its own.
    @ivar threads: pairs of threads that send and receive.
    @ivar flight: queries without an answer at a time, at least; more are not sent.
    """

    mode: str
    connections: int
    threads: int = 1
    flight: int = IN_FLIGHT

    @property
    def options(self) -> tuple[str, ...]:
        """As dnsperf reads them."""
        flight = max(self.flight, 2 * self.connections)
        threads = min(self.threads, self.connections)
        return ("-m", self.mode, "-c", str(self.connections), "-T", str(threads), "-q", str(flight))


@dataclass(frozen=True)
class Answers:
    """
    @ivar completed: queries that were answered, with any response code.
    @ivar lost: those without an answer within L{PATIENCE} seconds.
    @ivar failed: those whose answer was another than NOERROR.
    @ivar rate: NOERROR answers a second: an error may be told fast, and is none.
    @ivar cpu: microseconds of processor time that the daemon took for each of those, user and system.
    """

    completed: int
    lost: int
    failed: int
    rate: float
    cpu: float

    @property
    def asked(self) -> int:
        """Queries that were sent."""
        return self.completed + self.lost

    @property
    def answered(self) -> int:
        """Queries whose answer was NOERROR."""
        return self.completed - self.failed

    @property
    def good(self) -> bool:
        """Of 100 answers 99 are NOERROR."""
        return self.completed > 0 and self.failed * 100 <= self.completed


def command(load: Load, port: int, file: Path, *limits: str) -> list[str]:
    """
    The command that asks for the names of a file.

    @param limits: when it ends, and how fast it asks, as dnsperf's own options.
    """
    target = ("-s", HOST, "-p", str(port), "-t", str(PATIENCE), "-d", str(file))
    return ["dnsperf", *load.options, *target, *limits]


def ask(load: Load, port: int, file: Path, *limits: str, seconds: float = 60) -> str:
    """
    What dnsperf prints after it has asked.

    @param seconds: after which something is wrong with dnsperf itself.
    """
    name, *options = command(load, port, file, *limits)
    return output(name, *options, timeout=seconds)


def measure(load: Load, port: int, file: Path, seconds: float, pids: Iterable[int], *limits: str) -> Answers:
    """
    Load one daemon for a while.

    @param pids: the processes that the daemon is made of; their children are counted too.
    @raise LoadError: where dnsperf doesn't run.
    """
    pids = tuple(pids)
    before = cpuSeconds(pids)
    text = ask(load, port, file, "-l", f"{seconds:g}", *limits, seconds=seconds + 60)
    return read(text, cpuSeconds(pids) - before)


def read(text: str, cpu: float = 0) -> Answers:
    """
    The figures in what dnsperf printed.

    @param cpu: seconds that the daemon took meanwhile.
    @raise LoadError: where there are none.
    """
    found = {name: pattern.search(text) for name, pattern in _FIGURES.items()}
    if not all(found.values()):
        raise LoadError(f"dnsperf gave no figures:\n{text}")
    figures = {name: float(each[1]) for name, each in found.items() if each}
    completed = int(figures["completed"])
    match = _GOOD.search(text)
    good = int(match[1]) if match else 0
    return Answers(
        completed=completed,
        lost=int(figures["lost"]),
        failed=completed - good,
        rate=figures["rate"] * good / max(completed, 1),
        cpu=1e6 * cpu / max(good, 1),
    )


def latencies(text: str) -> list[float]:
    """
    Seconds until each answer, from what dnsperf printed with C{-v}, the least first.

    What got no answer took at least L{PATIENCE} seconds, and so did what got an error: its name is not
    there any sooner.
    @raise LoadError: where nothing was asked.
    """
    asked = [match for match in _EACH.finditer(text) if match[1] != "I"]
    found = [float(match[2]) if match[1] == "NOERROR" else float(PATIENCE) for match in asked]
    if not found:
        raise LoadError(f"dnsperf told of no query:\n{text}")
    return sorted(found)


def quantile(ordered: list[float], share: float) -> float:
    """The value that this share of the values is not above."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
