"""The stage special as an INI file makes it."""

from __future__ import annotations

from typing import Any

from twisted.internet.testing import MemoryReactorClock

from dotchain.ini import Section
from dotchain.interfaces import IResolver
from dotchain.options import Value
from dotchain.plan import Meaning, values
from dotchain.stages.special import Special


def special(next: IResolver, **texts: str) -> Special:
    """A stage with these values of its keys; C{except_} is C{except}."""
    written: dict[str, Any] = {key.rstrip("_"): Value(text) for key, text in texts.items()}
    section = Section("stage", "special", 1, Value().folder, written)
    found, problems = values(section, Meaning(Special.options, Special))
    assert not problems, problems
    return Special(next, MemoryReactorClock(), **found)
