"""The counters that a stage or an upstream declares."""

from __future__ import annotations

import re
from typing import Any

from ..contract.faults import BUGS

Faults = list[tuple[str, BaseException]]

Count = int | float | dict[str, int] | None
"""A number, or numbers of several things by their names."""


def counters(thing: Any) -> dict[str, Count]:
    """
    What the attributes say that its C{counters} name; None where one can't be read, since
    an operator's own stage may be wrong there: see L{faults}.
    """
    return {_key(name): _number(thing, name) for name in _names(thing)}


def faults(thing: Any) -> Faults:
    """What raises when the counters of a part are read, and what it raises."""
    found: Faults = []
    for name in _names(thing, found):
        _number(thing, name, found)
    return found


def _names(thing: Any, failed: Faults | None = None) -> list[str]:
    try:
        names = list(getattr(thing, "counters", ()))
        for each in names:
            if not isinstance(each, str):
                raise TypeError(f"{each!r} is no name of an attribute")
    except BUGS as error:
        if failed is not None:
            failed.append(("counters", error))
        return []
    return names


def _key(name: str) -> str:
    """C{staleAnswers} and C{stale_answers} as C{stale-answers}."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).replace("_", "-").lower()


def _number(thing: Any, name: str, failed: Faults | None = None) -> Count:
    try:
        found = getattr(thing, name)
    except BUGS as error:
        if failed is not None:
            failed.append((f"its counter {name}", error))
        return None
    return found if isinstance(found, (int, float, dict)) else None
