"""One run of dnsperf against a daemon: what was answered, and what it cost the daemon."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..interop.asking import output
from ..interop.ports import HOST

IN_FLIGHT = 400
"""Queries without an answer at a time, over all connections."""

PATIENCE = 2
"""Seconds after which a query is lost."""

_TICKS = os.sysconf("SC_CLK_TCK")
_FIGURES = {
    "completed": re.compile(r"Queries completed: +(\d+)"),
    "lost": re.compile(r"Queries lost: +(\d+)"),
    "rate": re.compile(r"Queries per second: +([\d.]+)"),
}
_GOOD = re.compile(r"Response codes:.*?NOERROR (\d+)")


class LoadError(Exception):
    """dnsperf gave no figures."""


@dataclass(frozen=True)
class Load:
    """
    How dnsperf asks.

    @ivar mode: its transport: C{udp} or C{dot}.
    @ivar connections: its sockets; each is a client of its own.
    """

    mode: str
    connections: int


@dataclass(frozen=True)
class Result:
    """
    @ivar completed: queries that were answered, with any response code.
    @ivar lost: those without an answer within L{PATIENCE} seconds.
    @ivar failed: those whose answer was another than NOERROR.
    @ivar rate: answers a second.
    @ivar cpu: microseconds of processor time that the daemon took for each answer, user and system.
    """

    completed: int
    lost: int
    failed: int
    rate: float
    cpu: float


def ask(load: Load, port: int, file: Path, *limits: str, seconds: float = 60) -> str:
    """
    What dnsperf prints after it has asked for the names of a file.

    @param limits: when it ends, and how fast it asks, as its own options.
    @param seconds: after which something is wrong with dnsperf itself.
    """
    target = ("-m", load.mode, "-s", HOST, "-p", str(port), "-c", str(load.connections))
    flight = ("-q", str(IN_FLIGHT), "-t", str(PATIENCE))
    return output("dnsperf", *target, *flight, "-d", str(file), *limits, timeout=seconds)


def measure(load: Load, port: int, file: Path, seconds: float, pids: Iterable[int], *limits: str) -> Result:
    """
    Load one daemon for a while.

    @param pids: the processes that the daemon is made of; their children are counted too.
    @raise LoadError: where dnsperf doesn't run.
    """
    pids = tuple(pids)
    before = cpuSeconds(pids)
    text = ask(load, port, file, "-l", f"{seconds:g}", *limits, seconds=seconds + 60)
    return read(text, cpuSeconds(pids) - before)


def read(text: str, cpu: float) -> Result:
    """
    The figures in what dnsperf printed.

    @param cpu: seconds that the daemon took meanwhile.
    @raise LoadError: where there are none.
    """
    found = {name: pattern.search(text) for name, pattern in _FIGURES.items()}
    if not all(found.values()):
        raise LoadError(f"dnsperf gave no figures:\n{text}")
    figures = {name: float(match[1]) for name, match in found.items() if match}
    completed = int(figures["completed"])
    good = _GOOD.search(text)
    return Result(
        completed=completed,
        lost=int(figures["lost"]),
        failed=completed - int(good[1] if good else 0),
        rate=figures["rate"],
        cpu=1e6 * cpu / max(completed, 1),
    )


def cpuSeconds(pids: Iterable[int]) -> float:
    """Processor time, user and system, of processes and all their children, ended ones included."""
    return sum(_ticks(one) for pid in pids for one in _family(pid)) / _TICKS


def _family(pid: int) -> Iterable[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


def _ticks(pid: int) -> int:
    # proc(5): fields 14 to 17 are utime, stime, cutime and cstime; the name before them may have blanks.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))
