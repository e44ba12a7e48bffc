"""Rules that say who is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..naming import Naming, listed, single
from ..options import Value, linesOf
from .reading import rules
from .ruleline import sides
from .rules import Rule, Rules


class _Routes(Naming):
    """Lines of C{MATCH -> CHAIN or UPSTREAM}: L{Rules} whose C{what} are resolvers."""

    def __call__(self, text: Value) -> Rules:
        """See L{Naming.__call__}."""
        return rules(text, single)

    def words(self, text: str) -> list[Value]:
        """See L{Naming.words}: of a line that is no rule none, since that is told by itself."""
        return [
            word for line in linesOf(text) for word in listed(Value.at(_behind(line), line.folder, line.line))
        ]

    def through(self, value: Any, change: Callable[[Any], Any]) -> Any:
        """See L{Naming.through}."""
        return Rules([Rule(each.match, change(each.what), each.text, each.line) for each in value.rules])


def _behind(line: str) -> str:
    try:
        return sides(line)[1]
    except ValueError:
        return ""


routes = _Routes()
"""Reads lines of C{MATCH -> CHAIN or UPSTREAM}: L{Rules} whose C{what} are resolvers."""
