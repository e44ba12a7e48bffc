"""The counters that a stage or an upstream declares."""

from __future__ import annotations

import re
from typing import Any


def counters(thing: Any) -> dict[str, int | float | None]:
    """
    What the attributes say that its C{counters} name; None where one can't be read, since
    an operator's own stage may be wrong there.
    """
    return {_key(name): _number(thing, name) for name in getattr(thing, "counters", ())}


def _key(name: str) -> str:
    """C{staleAnswers} and C{stale_answers} as C{stale-answers}."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).replace("_", "-").lower()


def _number(thing: Any, name: str) -> int | float | None:
    try:
        found = getattr(thing, name)
    except Exception:
        return None
    return found if isinstance(found, (int, float)) else None
