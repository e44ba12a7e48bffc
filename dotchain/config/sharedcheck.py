"""Stages C{shared} in places where they cost much, or mix what must not be mixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ..stages.cache.stage import Cache
from .reach import Behind, reached

if TYPE_CHECKING:
    from .build import Part
    from .ini import Problem


def isShared(thing: Any) -> bool:
    """Whether it is such a stage, which nobody who has none should have to import."""
    return getattr(thing, "kind", "") == "shared"


def misplaced(parts: Sequence[Part], behind: Behind) -> list[Problem]:
    """One warning for each that has no cache before it, and for each two that share and ask others."""
    shared = [each for each in parts if isShared(each.thing)]
    return [*dict.fromkeys((*_uncached(parts, shared, behind), *_mixed(shared, behind)))]


def _uncached(parts: Sequence[Part], shared: Sequence[Part], behind: Behind) -> Iterator[Problem]:
    caches = [thing for _, thing in parts if isinstance(thing, Cache)]
    cached = set[int]().union(*(reached(each, behind) for each in caches))
    for section, thing in shared:
        if id(thing) not in cached:
            text = (
                "has no stage cache before it: each query waits for the server, also for a name that "
                "was asked for a moment ago; put 'cache' before it"
            )
            yield section.problem("", text)


def _mixed(shared: Sequence[Part], behind: Behind) -> Iterator[Problem]:
    for one, other in combinations(shared, 2):
        if one.thing.finds(other.thing) and behind[one.thing] != behind[other.thing]:
            yield other.section.problem("prefix", _told(one.section.title, one.section is other.section))


def _told(title: str, isOne: bool) -> str:
    which = "it stands before several" if isOne else f"is that of [{title}], and so is the server"
    return f"{which}: what is behind one is answered behind the other, too; give each a section and a prefix"
