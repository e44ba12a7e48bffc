"""The stage special as an INI file makes it."""

from __future__ import annotations

from typing import Any

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.ini import Section
from dotchain.config.meaning import Meaning
from dotchain.config.plan import values
from dotchain.interfaces import IResolver
from dotchain.options import OptionError, Value
from dotchain.stages.special import Special
from dotchain.testing import Scripted
from dotchain.wire import Answer


def special(next: IResolver, **texts: str) -> Special:
    """A stage with these values of its keys; C{except_} is C{except}."""
    written: dict[str, Any] = {key.rstrip("_"): Value(text) for key, text in texts.items()}
    section = Section("stage", "special", 1, Value().folder, written)
    found, problems = values(section, Meaning(Special.options, Special))
    assert not problems, problems
    return Special(next, MemoryReactorClock(), **found)


def refusal(case: SynchronousTestCase, **texts: str) -> tuple[str, str]:
    """The key to blame for such values, and why."""
    error = case.assertRaises(OptionError, special, Scripted(Answer.bare(0)), **texts)
    return error.key, str(error)
