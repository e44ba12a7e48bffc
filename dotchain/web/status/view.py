"""What the template of the status page is given: nothing there is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...status.certificates import SOON
from ...status.snapshot import Snapshot
from ...status.words import NONE, lasting, milliseconds, number, octets, percent
from .cards import columns

MARKS = {
    "connected": "●",
    "healthy": "●",
    "serves": "●",
    "idle": "○",
    "suspect": "◐",
    "draining": "◇",
    "drained": "◇",
    "down": "✕",
    "refused": "✕",
}
"""A shape for each state, for whom colours don't tell."""

WORDS = {
    "well": ("✓", "all is well"),
    "warning": ("!", "look after something"),
    "error": ("✕", "something is wrong"),
}

FORMATS = {
    "number": number,
    "milliseconds": milliseconds,
    "percent": percent,
    "octets": octets,
    "lasting": lasting,
}
"""The filters that the template has."""


_MACHINES = 100
"""So many of them the page has; more are for the terminal."""


def view(seen: Snapshot) -> dict[str, Any]:
    """All that the template shows of one look."""
    process = seen.stats["process"]
    mark, word = WORDS[seen.level]
    return {
        "seen": seen,
        "mark": mark,
        "word": word,
        "state_of": " ".join((seen.level, *(each.subject for each in seen.findings))),
        "columns": columns(seen.told["chain"]),
        "warnings": seen.told["chain"].get("warnings", ()),
        "process": process,
        "processes": _processes(process),
        "health": seen.told.get("health", {}).get("fronts", {}),
        "fronts": _byName(seen.fronts),
        "stages": {each.name: each for each in seen.stages},
        "dearest": sorted(seen.stages, key=lambda each: -(each.share or 0.0)),
        "isTimed": any(each.micros is not None for each in seen.stages),
        "addresses": _byName(seen.addresses),
        "members": {(each.group, each.name): each for each in seen.members},
        "caches": [
            (each.name, each) for each in seen.stages if "octets" in each.totals and "hits" in each.totals
        ],
        "fleet": [(name, each["machines"]) for name, each in seen.fleet.items() if each["machines"]],
        "most": _MACHINES,
        "soon": SOON,
        "tiles": _tiles(seen),
        "reloads": _reloads,
        "marks": MARKS,
        "dash": NONE,
    }


def _byName(rows: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _processes(process: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    workers = process.get("workers")
    if not workers:
        return [("process", process)]
    return [("parent", process), *((f"worker {number}", each) for number, each in workers.items())]


def _reloads(process: Mapping[str, Any]) -> str:
    """C{3}, C{3, and 1 failed}."""
    failed = process["reloads-failed"]
    return f"{process['reloads']}, and {failed} failed" if failed else str(process["reloads"])


def _tiles(seen: Snapshot) -> list[tuple[str, str, str]]:
    """The figures at the top: what each is called, and what stands below it."""
    failed = [each.failed for each in seen.fronts if each.failed is not None]
    processes = [each for _, each in _processes(seen.stats["process"])]
    lag = max((each.get("loop-lag-ms") or 0.0 for each in processes), default=0.0)
    return [
        ("queries a second", number(seen.rate), ""),
        ("until an answer, mean", milliseconds(seen.mean), "where the chain was asked"),
        ("from the cache", percent(seen.cacheRatio), "of what came to it"),
        ("failed a second", number(sum(failed) if failed else None), "SERVFAIL to clients"),
        ("of a processor", percent(seen.processorShare), f"{milliseconds(lag)} behind"),
        (
            "memory",
            octets(sum(each.get("memory-octets") or 0 for each in processes)),
            "all processes together",
        ),
    ]
