"""C{upstreams}: how each upstream is now, and who is at its other end."""

from __future__ import annotations

from typing import Any

from ..upstreams.endpoint import Endpoint
from ..upstreams.forward import Forward
from ..upstreams.groups.condition import condition, wait
from ..upstreams.groups.group import Group
from ..upstreams.streams.pipeline import Pipeline
from ..upstreams.streams.pool import Pool
from .drain import isDrained
from .figures import Figures, endpoints, upstream
from .running import Running


def upstreams(running: Running) -> dict[str, Figures]:
    """
    Each upstream by its name, with what L{stats<dotchain.control.stats.stats>} tells of it and
    the state of its addresses or members.

    Results of several workers become one by L{merged<dotchain.control.merge.merged>}: each has
    connections of its own, whose lists are put one behind the other; of states the first
    one's counts.
    """
    parts = [each for each in running.tree.parts if each[0].role == "upstream"]
    return {
        section.name: {
            **_upstream(thing, running.now()),
            "drained": isDrained(running.tree, thing, section.name),
        }
        for section, thing in parts
    }


def _upstream(thing: Any, now: float) -> Figures:
    found = upstream(thing)
    found["kind"] = getattr(thing, "kind", "")
    if isinstance(thing, Forward):
        if thing.probing is not None:
            state = "down" if thing.core.down else "up"
            found["probes"] = {"state": state, "sent": thing.probing.sent, "failed": thing.probing.failed}
        found["proxy-protocol"] = None if thing.introduces is None else thing.introduces.place
        found["trouble"] = None if thing.endpoints else thing.selection.trouble
        # The main endpoint at an address comes last, and so tells how it is.
        for endpoint in reversed(endpoints(thing)):
            found["addresses"][str(endpoint.address)].update(_address(endpoint, now))
    elif isinstance(thing, Group):
        for member in thing.members:
            row = found["members"][member.name]
            row["state"] = condition(member)
            row["next-trial-seconds"] = wait(member, now)
    return found


def _address(endpoint: Endpoint, now: float) -> Figures:
    wait = endpoint.retryAt - now
    pipelines = endpoint.connections.open if isinstance(endpoint, Pool) else []
    report = endpoint.peer.report if isinstance(endpoint, Pool) else None
    return {
        "state": _state(endpoint),
        "next-trial-seconds": round(wait, 3) if endpoint.retryAt and wait > 0 else None,
        "trouble": _trouble(endpoint, now),
        "peer": report and report.asJson(),
        "connections-now": [_connection(each, now) for each in pipelines],
    }


def _state(endpoint: Endpoint) -> str:
    """C{connected}, C{idle} without a connection, C{refused} as it is another one, or C{down}."""
    if endpoint.refused:
        return "refused"
    if endpoint.retryAt > 0.0:
        return "down"
    return "idle" if endpoint.nothingOpen else "connected"


def _trouble(endpoint: Endpoint, now: float) -> dict[str, Any] | None:
    if not endpoint.failureLog.last:
        return None
    return {"text": endpoint.failureLog.last, "seconds-ago": round(now - endpoint.failureLog.at, 3)}


def _connection(pipeline: Pipeline, now: float) -> Figures:
    return {
        "age-seconds": round(now - pipeline.madeAt, 3),
        "idle-seconds": round(now - pipeline.usedAt, 3),
        "queries": pipeline.sent,
        "in-flight": len(pipeline.inFlightTable.left()),
    }
