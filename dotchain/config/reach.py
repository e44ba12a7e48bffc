"""Whom a resolver that was built may ask, by way of others too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Behind = Mapping[Any, Sequence[Any]]
"""Whom each resolver may ask."""


def reached(start: Any, behind: Behind) -> set[int]:
    """The identities of all that may be asked by way of a resolver."""
    found: set[int] = set()
    waiting = [*behind.get(start, ())]
    while waiting:
        each = waiting.pop()
        if id(each) not in found:
            found.add(id(each))
            waiting += behind.get(each, ())
    return found
