"""C{dotchain stats --fleet}: the machines that share answers, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..status.words import NONE, lasting, number, percent, some
from .presentation import clean
from .table import table

_HEAD = (
    *("MACHINE", "VERSION", "UP", "WORKERS", "QUERIES/S", "FAILED/S", "CACHE", "SHARED"),
    *("CERTIFICATE", "HEARD"),
)


def isAway(found: Mapping[str, Any]) -> bool:
    """Whether not all that share could be asked for."""
    return not found or any(each["state"] != "up" for each in found.values())


def printed(found: Mapping[str, Any]) -> str:
    """
    All of it.

    @param found: what the daemon says to C{fleet}.
    """
    if not found:
        return "no stage of kind shared is in use, so this machine knows of no others"
    return "\n".join(line for name, each in found.items() for line in _stage(name, each)).lstrip("\n")


def _stage(name: str, found: Mapping[str, Any]) -> Iterator[str]:
    count = some(len(found["machines"]), "machine", "machines")
    yield from ("", f"{name}: {clean(found['state'])}{f', {count}' if found['state'] == 'up' else ''}")
    yield from table(_HEAD, [_row(each) for each in found["machines"]], 2)
    if found["unreadable"]:
        what = some(found["unreadable"], "heartbeat", "heartbeats")
        yield f"{what} of another secret, prefix or time can't be read"


def _row(machine: Mapping[str, Any]) -> list[str]:
    days, of, heard = machine["certificate-days"], machine["workers"], machine["workers-heard"]
    return [
        clean(machine["machine"]) + (" (this one)" if machine["this"] else ""),
        clean(machine["version"]),
        lasting(machine["uptime-seconds"]),
        str(of) if heard == of else f"{heard} of {of}",
        number(machine["queries-per-second"]),
        number(machine["failed-per-second"]),
        percent(machine["cache-hit-ratio"]),
        percent(machine["shared-hit-ratio"]),
        NONE if days is None else some(int(days), "day", "days"),
        f"{lasting(machine['heard-seconds-ago'])} ago",
    ]
