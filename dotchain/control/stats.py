"""C{stats}: the counters of all parts, and the process in numbers."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from ..contract.faults import fault
from ..fronts.front import Front
from ..fronts.streams.port import StreamPort
from .counters import counters, faults
from .figures import Figures, upstream
from .merge import merged
from .process import process
from .running import Running


async def stats(running: Running) -> Figures:
    """
    The counters since the start, but for what is open, kept or in flight: that is so now.

    C{faults} has a line for each counter that can't be read, where there are any.

    Results of several workers become one by L{merged}, except for C{process}, which each worker
    has for itself.
    """
    tree = running.tree
    failed = {id(each.part): counters(each) for each in tree.standIns}
    stages: dict[str, Figures] = {}
    upstreams: dict[str, Figures] = {}
    # Built from the end of each path to its start.
    for section, thing in reversed(tree.parts):
        if section.role == "upstream":
            upstreams[section.name] = upstream(thing)
        else:
            # A section that stands before several others is made several times.
            numbers = {**failed.get(id(thing), {}), **counters(thing)}
            stages[section.name] = merged(stages.get(section.name), numbers)
    found = {
        "process": {**process(running), "loop-lag-ms": await lag(running)},
        "fronts": {section.name: front(thing) for section, thing in tree.fronts},
        "stages": stages,
        "upstreams": upstreams,
    }
    wrong = [
        fault(section, what, error).at(str(running.file))
        for section, thing in tree.parts
        for what, error in faults(thing)
    ]
    return {**found, "faults": wrong} if wrong else found


async def lag(running: Running) -> float:
    """How long something that is due at once has to wait for the reactor."""
    begun = running.now()
    turn: Deferred[None] = deferLater(running.reactor, 0, lambda: None)
    await turn
    return round((running.now() - begun) * 1000, 3)


def front(thing: Front) -> Figures:
    """The counters of a front, by transport."""
    found: Figures = {
        transport: {**counters(responder.counts), "limits": responder.counts.limits}
        for transport, responder in thing.responders.items()
    }
    for transport, introductions in thing.introductions.items():
        if told := introductions.told():
            found[transport]["proxy-headers"] = told
    for address, port in zip(thing.listen, thing.ports, strict=False):
        found[address.transport] = merged(found[address.transport], _port(port))
    return found


def _port(port: Any) -> Figures:
    found: Figures = {"in-flight": port.inFlight}
    if isinstance(port, StreamPort):
        found["connections"] = {"open": len(port.connections), "accepted": port.accepted, "shed": port.shed}
        found["limits"] = dict(port.limits.counts)
        if port.responder.transport == "tls":
            found["handshakes"] = dict(port.handshakes)
            found["groups"] = dict(port.groups)
            found["identified"] = port.identified
    return found
