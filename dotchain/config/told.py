"""Upstreams that are told of clients, and what stands before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..stages.cache.stage import Cache
from ..stages.coalesce import Coalesce
from ..stages.mirror.stage import Mirror

if TYPE_CHECKING:
    from .graph import Values
    from .ini import Problem, Section
    from .plan import Plan


def toldOfClients(values: Mapping[str, Any]) -> bool:
    """Whether the values of an upstream's section say so: it is asked behind PROXY headers."""
    return bool(values.get("proxy_protocol", False))


def shared(plan: Plan, values: Values) -> list[Problem]:
    """
    One warning for each stage of a path that gives others what was answered to one client, by an upstream
    anywhere behind it: in groups, in other chains, and where stages behind it lead.
    """
    found = []
    for chain, path in plan.paths.items():
        for place, each in enumerate(path):
            if _kind(plan, each) not in _SHARING:
                continue
            told = sorted(section.name for section in _behind(plan, path[place + 1 :], values))
            if told:
                text = (
                    f"[{each.title}] gives others what one client is answered by {', '.join(told)}, "
                    "told who asks (proxy-protocol); leave it out where answers depend on that"
                )
                found.append(plan.blame(chain, "path", each.name, text))
    return found


def _behind(plan: Plan, path: Sequence[Section], values: Values) -> set[Section]:
    """The upstreams that are told, of all that a query may meet there."""
    reached: set[Section] = set()
    waiting = [*path]
    while waiting:
        section = waiting.pop()
        # Nobody is given what a mirror is answered.
        if section not in reached and _kind(plan, section) is not Mirror:
            reached.add(section)
            waiting += [each for _, each in plan.following(section)]
    return {each for each in reached if toldOfClients(values.get(each, {}))}


def _kind(plan: Plan, section: Section) -> Any:
    meaning = plan.meanings.get(section)
    return meaning and meaning.kind


_SHARING = (Cache, Coalesce)
