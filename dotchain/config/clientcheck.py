"""Stages that decide by who asks, behind others that know the question alone and share its answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..match.asked import FrontWord, TransportWord
from ..match.word import Not
from ..stages.cache.stage import Cache
from ..stages.coalesce import Coalesce
from ..stages.deciding import Deciding
from ..stages.limit.stage import Limit
from .ini import Problem
from .reach import Behind, reached
from .sharedcheck import isShared

if TYPE_CHECKING:
    from ..api import Match
    from ..match.word import Word
    from .build import Part


def mixed(parts: Sequence[Part], behind: Behind) -> list[Problem]:
    """One warning for each match by which one client's answer would become another's."""
    sharing = [each for each in reversed(parts) if _shares(each.thing) and _takesAll(each)]
    shared = [(section.title, reached(stage, behind)) for section, stage in sharing]
    found: dict[Problem, None] = {}
    for section, thing in parts:
        title = next((title for title, there in shared if id(thing) in there), None)
        for key, line, what in _reasons(thing) if title else ():
            problem = section.problem(key, _told(what, title or ""))
            found[problem._replace(line=line or problem.line)] = None
    return [*found]


def _shares(thing: Any) -> bool:
    """Whether it gives the answer to one query to others."""
    return isinstance(thing, Cache | Coalesce) or isShared(thing)


def _takesAll(part: Part) -> bool:
    """Whether no key of a cache chooses what is kept, which would do instead."""
    return not {"except", "only"} & part.section.values.keys()


def _reasons(thing: Any) -> Iterator[tuple[str, int, str]]:
    """What of a stage depends on who asks, with its key and, where that is known, its line."""
    if isinstance(thing, Limit):
        yield "", 0, "what it answers"
    else:
        yield from ((key, line, repr(match.text)) for key, line, match in _matches(thing))


def _told(what: str, title: str) -> str:
    return (
        f"{what} depends on who asks and stands behind [{title}], which knows the question alone: "
        "one client would get another's answer; put it before"
    )


def _matches(thing: Any) -> Iterator[tuple[str, int, Match]]:
    """Of a stage that decides, the matches that depend on who asks."""
    if isinstance(thing, Deciding):
        for key, line, match in thing.matches():
            if any(_ofAsker(word) for word in match.words):
                yield key, line, match


def _ofAsker(word: Word) -> bool:
    inner = word.word if isinstance(word, Not) else word
    return word.ofClient or isinstance(inner, FrontWord | TransportWord)
