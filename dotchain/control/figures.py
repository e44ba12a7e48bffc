"""Upstreams in numbers: what they were asked, over what, and what came of it."""

from __future__ import annotations

from typing import Any

from ..upstreams.forward import Forward
from ..upstreams.groups.group import Group
from ..upstreams.groups.member import Member
from ..upstreams.route import Route
from ..upstreams.streams.pool import Pool
from .counters import counters
from .merge import merged

Figures = dict[str, Any]


def upstream(thing: Any) -> Figures:
    """The counters of any kind of upstream."""
    if isinstance(thing, Forward):
        return _forward(thing)
    if isinstance(thing, Group):
        return {**counters(thing), "members": {each.name: _member(each) for each in thing.members}}
    return counters(thing)


def _forward(thing: Forward) -> Figures:
    addresses: dict[str, Figures] = {}
    for route in routes(thing):
        name = str(route.address)
        addresses[name] = merged(addresses.get(name), address(route))
    return {
        "queries": sum(each["queries"] for each in addresses.values()),
        "answers": sum(each["answers"] for each in addresses.values()),
        "in-flight": len(thing.errands),
        "shed": thing.errands.shed,
        "downgraded": thing.downgraded,
        **counters(thing),
        "addresses": addresses,
    }


def routes(thing: Forward) -> list[Route]:
    """All ways by which an upstream is asked, of those to one address the main one first."""
    found = list(thing.routes)
    for route in found:
        # Grows while it is walked through, as ways beside may have ways beside.
        found.extend(route.beside)
    return found


def address(route: Route) -> Figures:
    """The counters of one way to an address."""
    carriers = list(route.carriers)
    found: Figures = {
        "queries": route.carried + sum(each.sent for each in carriers),
        "answers": route.answers,
        "in-flight": sum(len(each.flight.left()) for each in carriers),
        "latency-ms": milliseconds(route.latency),
        "failures": dict(route.failureLog.counts),
    }
    if isinstance(route, Pool):
        found["connections"] = {"open": len(route.connections.open), "begun": route.dials}
    else:
        found["sockets"] = {"open": len(carriers)}
    return found


def _member(member: Member) -> Figures:
    return {
        "asked": member.asked,
        "won": member.won,
        "failed": member.failed,
        "probes": member.probes,
        "in-flight": member.out,
        "latency-ms": milliseconds(member.latency),
    }


def milliseconds(seconds: float) -> float | None:
    """What is 0 until it is known."""
    return round(seconds * 1000, 3) or None
