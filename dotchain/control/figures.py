"""Upstreams in numbers: what they were asked, over what, and what came of it."""

from __future__ import annotations

from typing import Any

from ..upstreams.endpoint import Endpoint
from ..upstreams.forward import Forward
from ..upstreams.groups.group import Group
from ..upstreams.groups.member import Member
from ..upstreams.streams.introducingpool import IntroducingPool
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
    for endpoint in endpoints(thing):
        name = str(endpoint.address)
        addresses[name] = merged(addresses.get(name), address(endpoint))
    return {
        "queries": sum(each["queries"] for each in addresses.values()),
        "answers": sum(each["answers"] for each in addresses.values()),
        "in-flight": len(thing.pendingQueries),
        "shed": thing.pendingQueries.shed,
        "downgraded": thing.downgraded,
        **counters(thing),
        "addresses": addresses,
    }


def endpoints(thing: Forward) -> list[Endpoint]:
    """All endpoints by which an upstream is asked, of those at one address the main one first."""
    found = list(thing.endpoints)
    for endpoint in found:
        # Grows while it is walked through, as side pools may have side pools.
        found.extend(endpoint.sidePools)
    return found


def address(endpoint: Endpoint) -> Figures:
    """The counters of one endpoint."""
    carriers = list(endpoint.carriers)
    found: Figures = {
        "queries": endpoint.carried + sum(each.sent for each in carriers),
        "answers": endpoint.answers,
        "in-flight": sum(len(each.inFlightTable.left()) for each in carriers),
        "latency-ms": milliseconds(endpoint.latency),
        "failures": dict(endpoint.failureLog.counts),
    }
    if isinstance(endpoint, IntroducingPool):
        found["clients"] = {"connected": len(endpoint.clients), "waiting": len(endpoint.crowd)}
    if isinstance(endpoint, Pool):
        found["connections"] = {"open": len(endpoint.connections.open), "begun": endpoint.dials}
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
