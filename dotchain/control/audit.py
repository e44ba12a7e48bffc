"""C{audit}: what each upstream has seen of the queries, in numbers."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from ..stages.ecs import Ecs
from ..upstreams.endpoint import Endpoint
from ..upstreams.forward import Forward
from ..upstreams.streams.pool import Pool
from .figures import Figures, address, endpoints
from .merge import merged
from .running import Running


def audit(running: Running) -> dict[str, Any]:
    """
    What was sent since the start, and how; no names, and no clients.

    Results of several workers become one by L{merged}: all numbers are sums.

    @return: for each upstream over the network, by its name, C{queries} in all, and among these C{clear} (in
        clear text to addresses of the Internet), C{private} (to those of private networks), C{local} (on this
        machine), C{encrypted}, C{downgraded}, C{bare} (without EDNS, so without padding); C{handshakes},
        C{unauthenticated}, C{versions} of TLS and C{groups} of the exchange of keys; C{ecs} (whether a stage
        may tell it of clients' networks).
    """
    told = any(isinstance(thing, Ecs) and thing.mode_of != "strip" for _, thing in running.tree.parts)
    return {
        section.name: _upstream(thing, told)
        for section, thing in running.tree.parts
        if section.role == "upstream" and isinstance(thing, Forward)
    }


def _upstream(thing: Forward, told: bool) -> Figures:
    found: Figures = {}
    for endpoint in endpoints(thing):
        found = merged(found, _endpoint(endpoint))
    return {**found, "downgraded": thing.downgraded, "ecs": told}


def _endpoint(endpoint: Endpoint) -> Figures:
    sent = address(endpoint)["queries"]
    kinds = dict.fromkeys(("clear", "private", "local", "encrypted"), 0)
    kinds[_kind(endpoint)] = sent
    counts = endpoint.counts if isinstance(endpoint, Pool) else None
    return {
        "queries": sent,
        **kinds,
        "bare": endpoint.bare if endpoint.address.transport == "tls" else 0,
        "handshakes": sum(counts.handshakes.values()) if counts else 0,
        "unauthenticated": counts.unauthenticated if counts else 0,
        "versions": dict(counts.versions) if counts else {},
        "groups": dict(counts.groups) if counts else {},
    }


def _kind(endpoint: Endpoint) -> str:
    if endpoint.address.transport == "tls":
        return "encrypted"
    host = ip_address(endpoint.address.host.partition("%")[0])
    return "local" if host.is_loopback else "clear" if host.is_global else "private"
