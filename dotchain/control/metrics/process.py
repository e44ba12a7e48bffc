"""Metrics of the process: of each worker, where there are several."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ... import __version__
from ...clockwork.logratelimit import LogRateLimit
from ...compiled import COMPILED
from ..process import process
from ..running import Running
from .family import COUNTER, GAUGE, HISTOGRAM, MAX, Family, Sample

_WORKER = ("worker",)

BUILD = Family(
    "dotchain_build_info",
    GAUGE,
    "1, with the version, whether the hot path is compiled, and Python's version.",
    ("version", "compiled", "python"),
    MAX,
)
CPU = Family("dotchain_worker_cpu_seconds", COUNTER, "Seconds of processor time, user and system.", _WORKER)
MEMORY = Family("dotchain_worker_resident_memory_bytes", GAUGE, "Octets of memory that it takes.", _WORKER)
FILES = Family("dotchain_worker_open_files", GAUGE, "Files, sockets among them, that it has open.", _WORKER)
FILES_LIMIT = Family("dotchain_worker_open_files_limit", GAUGE, "Files that it may have open.", _WORKER)
UPTIME = Family("dotchain_worker_uptime_seconds", GAUGE, "Seconds since it was started.", _WORKER)
LAG = Family(
    "dotchain_event_loop_lag_seconds",
    HISTOGRAM,
    "Seconds that what is due has to wait until it is done, looked at four times a second.",
)
WORKERS = Family("dotchain_workers", GAUGE, "Processes that are to serve: 1 without workers.")
ANSWERING = Family("dotchain_workers_answering", GAUGE, "Those that have told their part of this in time.")
RELOADS = Family(
    "dotchain_reloads",
    COUNTER,
    "Reloads, by result: ok, or failed where something kept its old state.",
    ("result",),
)
OUTDATED = Family(
    "dotchain_outdated_parts",
    GAUGE,
    "Sections and files that keep their old state since a reload has failed; 0 as soon as one has not.",
)
SUPPRESSED = Family(
    "dotchain_suppressed_log_lines",
    COUNTER,
    "Lines that were kept out of the log because others of their sort had just been there.",
)

FAMILIES = (
    *(BUILD, CPU, MEMORY, FILES, FILES_LIMIT, UPTIME, LAG, WORKERS, ANSWERING),
    *(RELOADS, OUTDATED, SUPPRESSED),
)

_READ = {
    CPU: "cpu-seconds",
    MEMORY: "memory-octets",
    FILES: "open-files",
    FILES_LIMIT: "open-files-limit",
    UPTIME: "uptime-seconds",
}


def samples(running: Running) -> Iterator[Sample]:
    """What this process has to tell."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield BUILD, (__version__, "yes" if COMPILED else "no", python), 1.0
    if running.measuring is not None:
        yield LAG, (), running.measuring.lags.tell()
    yield from suppressed()
    found = process(running)
    for family, key in _READ.items():
        yield family, (str(running.tree.share.number),), found[key]


def suppressed() -> Iterator[Sample]:
    """What this process has kept out of the log."""
    yield SUPPRESSED, (), LogRateLimit.held


def whole(running: Running, of: int, answering: int) -> Iterator[Sample]:
    """
    What the process that has the site knows alone.

    @param of: how many processes are to serve.
    @param answering: how many have told their part.
    """
    yield WORKERS, (), of
    yield ANSWERING, (), answering
    yield RELOADS, ("ok",), running.reloads.done
    yield RELOADS, ("failed",), running.reloads.failed
    yield OUTDATED, (), len(running.reloads.failures)
