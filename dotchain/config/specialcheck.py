"""Rules for names that C{special} has answered before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..match.names import NameWord
from ..stages.deciding import Deciding
from ..stages.special import Special
from .reach import Behind, reached

if TYPE_CHECKING:
    from .build import Part
    from .ini import Problem


def shadowed(parts: Sequence[Part], behind: Behind) -> list[Problem]:
    """One warning for each name that a stage decides by and that never comes there."""
    found: dict[Problem, None] = {}
    for before, special in parts:
        there = reached(special, behind) if isinstance(special, Special) else ()
        for section, thing in parts:
            for key, line, word in _names(thing) if id(thing) in there else ():
                if special.takes(word.name):
                    problem = section.problem(key, _told(word, before.title))
                    found[problem._replace(line=line or problem.line)] = None
    return [*found]


def _told(word: NameWord, title: str) -> str:
    return f"[{title}] answers {word.text!r} before it comes here; put it into its 'except'"


def _names(thing: Any) -> Iterator[tuple[str, int, NameWord]]:
    """The names by which a stage decides, each with its key and line."""
    for key, line, match in thing.matches() if isinstance(thing, Deciding) else ():
        for word in match.words:
            if isinstance(word, NameWord):
                yield key, line, word
