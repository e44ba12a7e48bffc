"""How a member of a group is: by what the group has seen of it, and what it knows itself."""

from __future__ import annotations

from typing import Any

from ..forward import Forward
from .group import Group
from .health import DOWN, DRAINED, HEALTHY
from .member import Member


def condition(member: Member) -> str:
    """
    C{healthy}, C{suspect}, C{down} or C{drained}.

    A group learns of failures query by query; an upstream none of whose addresses can be reached
    knows better.
    """
    return DOWN if member.state == HEALTHY and _isDown(member.resolver) else member.state


def wait(member: Member, now: float) -> float | None:
    """Seconds until it is tried again; None where nothing keeps it from being asked."""
    if member.state not in (HEALTHY, DRAINED):
        return max(round(member.health.probeAt - now, 3), 0)
    if condition(member) != DOWN:
        return None
    trials = [each - now for each in _trials(member.resolver)]
    return max(round(min(trials), 3), 0) if trials else None


def _isDown(resolver: Any) -> bool:
    if isinstance(resolver, Group):
        return all(condition(each) == DOWN for each in resolver.members)
    if isinstance(resolver, Forward):
        unreachable = [each.refused or each.retryAt > 0.0 for each in resolver.endpoints]
        return resolver.core.down or (bool(unreachable) and all(unreachable))
    return False


def _trials(resolver: Any) -> list[float]:
    """When addresses are tried again."""
    if isinstance(resolver, Group):
        return [at for each in resolver.members for at in _trials(each.resolver)]
    return [each.retryAt for each in resolver.endpoints] if isinstance(resolver, Forward) else []
