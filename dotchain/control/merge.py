"""Results of several workers, or of several parts of one name, as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_FIRST = ("peer", "trouble")
"""Keys of what is known, or has happened, alike to all: of these the first counts."""

_NO_SUMS: Mapping[str, Callable[[float, float], float]] = {
    "latency-ms": max,
    "names": max,
    "next-trial-seconds": min,
    "oldest-seconds": max,
    "records": max,
    "serial": max,
}
"""Keys of numbers, or of mappings of such, whose sum would tell nothing."""


def merged(one: Any, other: Any, key: str = "") -> Any:
    """
    Numbers are added, mappings merged key by key, lists put one behind the other. Of anything
    else, of truth values too, the first counts that there is.

    @param key: where the two stand.
    """
    if one is None or key in _FIRST:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        inside = {each: key if key in _NO_SUMS else each for each in one}
        both = {each: merged(value, other.get(each), inside[each]) for each, value in one.items()}
        return {**both, **{each: value for each, value in other.items() if each not in one}}
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    if isinstance(one, bool) or not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
        return one
    return _NO_SUMS[key](one, other) if key in _NO_SUMS else one + other
