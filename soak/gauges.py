"""What a daemon says to have open, kept or in flight, all of which is nothing when nobody asks any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Counters of these names are of now; all others only grow.
_GAUGES = ("in-flight", "open", "waiting", "connected")


def gauges(stats: Mapping[str, Any]) -> dict[str, int]:
    """
    All of them, by the way to each.

    @param stats: what C{dotchain stats --json} says.
    """
    roles = {role: stats[role] for role in ("fronts", "stages", "upstreams")}
    return {" ".join(way): number for way, number in _numbers(roles, ()) if way[-1] in _GAUGES}


def _numbers(found: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, (*way, name))
        elif isinstance(value, int):
            yield (*way, name), value
