"""The process itself, in numbers."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..compiled import VERSION
from .running import Running


def process(running: Running) -> dict[str, Any]:
    """What the system knows of it; where it doesn't tell, None."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "version": VERSION,
        "pid": os.getpid(),
        "configuration": str(running.file),
        "uptime-seconds": round(running.now() - running.startedAt, 3),
        "cpu-seconds": round(used.ru_utime + used.ru_stime, 3),
        "memory-octets": _memory(used),
        "open-files": _openFiles(),
        "reloads": running.reloads.done,
        "reloads-failed": running.reloads.failed,
        "reload-failures": running.reloads.failures,
        "open-files-limit": None if soft == resource.RLIM_INFINITY else soft,
    }


def _memory(used: resource.struct_rusage) -> int:
    """What it takes of the machine's memory now; where only that is known, the most it ever took."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _openFiles() -> int | None:
    """How many files it has open; not counting the one by which that is found out."""
    with suppress(OSError):
        return len(os.listdir("/dev/fd")) - 1  # noqa: PTH208 - names are all that is wanted
    return None
