"""Paths by which names that are no names of the public DNS leave for a server on the Internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..address import Address
from ..fronts.access import AccessList
from ..networks import PRIVATE
from ..stages.special import Special
from ..upstreams.forward import Forward
from .graph import Values
from .ini import Problem, Section
from .plan import Plan

_PRIVATE = AccessList(PRIVATE, ())


def leaks(plan: Plan, values: Values) -> list[Problem]:
    """One warning for each chain of a front with an upstream on the Internet and no C{special} before it."""
    problems = []
    for chain in dict.fromkeys(plan.chains.values()):
        names = sorted({each.name for each in _exposed(plan, values, chain, set())})
        if names:
            why = (
                f"leads to {', '.join(names)} without the stage special before it: names such as "
                "_dns.resolver.arpa (RFC 9462 section 6.1), localhost and the reverse ones of private "
                "addresses (RFC 6303) are asked there"
            )
            problems.append(chain.problem("path", why))
    return problems


def _exposed(plan: Plan, values: Values, section: Section, seen: set[Section]) -> Iterator[Section]:
    """The upstreams on the Internet that a chain, a stage or a group asks for any name."""
    if section in seen:
        return
    seen.add(section)
    if section.role == "chain":
        for each in plan.paths.get(section, ()):
            if _keeps(plan, each):
                return
            yield from _exposed(plan, values, each, seen)
    elif section in plan.groups:
        for _, each in plan.following(section):
            yield from _exposed(plan, values, each, seen)
    elif _isPublic(plan, values, section):
        yield section


def _keeps(plan: Plan, section: Section) -> bool:
    return issubclass(_kind(plan, section), Special)


def _kind(plan: Plan, section: Section) -> type[Any]:
    """Its class; that of none where it can't be found."""
    meaning = plan.meanings.get(section)
    kind = meaning and meaning.kind
    return kind if isinstance(kind, type) else object


def _isPublic(plan: Plan, values: Values, upstream: Section) -> bool:
    """Whether it is asked over the network, and not at a private address; a name may be anywhere."""
    if not issubclass(_kind(plan, upstream), Forward):
        return False
    addresses = values.get(upstream, {}).get("address") or ()
    return any(not _isNear(each) for each in addresses)


def _isNear(address: Any) -> bool:
    return type(address) is Address and _PRIVATE.permits(address.host)
