"""Results of several workers, or of several parts of one name, as one."""

from __future__ import annotations

from typing import Any


def merged(one: Any, other: Any) -> Any:
    """
    Numbers are added, mappings merged key by key, lists put one behind the other. Of anything
    else, of truth values too, the first counts.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: merged(value, other[key]) if key in other else value for key, value in one.items()}
        return {**both, **{key: value for key, value in other.items() if key not in one}}
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    if isinstance(one, bool) or not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
        return other if one is None else one
    return one + other
