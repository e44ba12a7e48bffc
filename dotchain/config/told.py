"""Upstreams that are told of clients, and what stands before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..stages.cache.stage import Cache
from ..stages.coalesce import Coalesce

if TYPE_CHECKING:
    from .graph import Values
    from .ini import Problem
    from .plan import Plan


def toldOfClients(values: Mapping[str, Any]) -> bool:
    """Whether the values of an upstream's section say so: it is asked behind PROXY headers."""
    return bool(values.get("proxy_protocol", False))


def shared(plan: Plan, values: Values) -> list[Problem]:
    """One warning for each path where the answers to one client are given to others."""
    found = []
    for chain, path in plan.paths.items():
        told = next((each for each in path if toldOfClients(values.get(each, {}))), None)
        for each in path if told is not None else ():
            meaning = plan.meanings.get(each)
            if meaning is not None and meaning.kind in _SHARING:
                text = (
                    f"[{each.title}] gives others what [{told.title if told else ''}] answers one client, "
                    "which is told who asks (proxy-protocol); leave it out where answers depend on that"
                )
                found.append(plan.blame(chain, "path", each.name, text))
    return found


_SHARING = (Cache, Coalesce)
