"""What processes have used, as Linux tells in /proc: processor time and memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_RESIDENT = re.compile(r"^Rss: +(\d+) kB", re.MULTILINE)


def cpuSeconds(pids: Iterable[int]) -> float:
    """Processor time, user and system, of processes and all their children, ended ones included."""
    return sum(_ticks(one) for pid in pids for one in family(pid)) / _TICKS


def resident(pids: Iterable[int]) -> int:
    """
    Octets of memory that processes and all their children have, files that they map included.

    It is counted page by page; the figure in C{/proc/PID/status} is some pages old.
    """
    return 1024 * sum(_kilobytes(one) for pid in pids for one in family(pid))


def openFiles(pids: Iterable[int]) -> int:
    """Files, sockets among them, that processes and all their children have open."""
    return sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for pid in pids for one in family(pid))


def family(pid: int) -> Iterable[int]:
    """A process, its children and theirs."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from family(int(child))


def _ticks(pid: int) -> int:
    # proc(5): fields 14 to 17 are utime, stime, cutime and cstime; the name before them may have blanks.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _kilobytes(pid: int) -> int:
    found = _RESIDENT.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(found[1]) if found else 0
