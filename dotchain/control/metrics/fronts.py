"""Metrics of fronts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dns.rcode

from ...contract.sectionview import Parts
from ...fronts.counts import Counts
from ...fronts.front import Front
from ...fronts.meter import Meter
from ...fronts.responder import Responder
from ...fronts.streams.port import StreamPort
from ..health import SERVES, state
from .family import COUNTER, GAUGE, HISTOGRAM, MIN, Family, Sample
from .reasons import reasons

_FRONT = ("front", "transport")

SERVING = Family(
    "dotchain_front_serving",
    GAUGE,
    "1 where a front takes queries on all its addresses, else 0; of workers the least.",
    ("front",),
    MIN,
)
QUERIES = Family(
    "dotchain_front_queries", COUNTER, "Messages taken from clients, whatever became of them.", _FRONT
)
REMEMBERED = Family(
    "dotchain_front_remembered_answers",
    COUNTER,
    "Queries answered from what the front remembers of this second, without asking the chain.",
    _FRONT,
)
REPEATED = Family(
    "dotchain_front_repeated_queries",
    COUNTER,
    "Datagrams sent again while the first waits, which share its answer.",
    _FRONT,
)
MALFORMED = Family(
    "dotchain_front_malformed_queries",
    COUNTER,
    "Messages that were no query, answered with an error.",
    _FRONT,
)
REFUSED = Family(
    "dotchain_front_refused_queries", COUNTER, "Queries of clients that may not ask, refused.", _FRONT
)
FAILED = Family(
    "dotchain_front_failed_queries",
    COUNTER,
    "Queries answered SERVFAIL for want of an answer of the chain.",
    _FRONT,
)
ANSWERS = Family(
    "dotchain_front_answers",
    COUNTER,
    "Answers made for clients, by RCODE; those that the front remembers are counted once.",
    (*_FRONT, "rcode"),
)
LATENCY = Family(
    "dotchain_front_latency_seconds",
    HISTOGRAM,
    "Seconds from a query to the chain's answer, of one query in 64 that asks the chain.",
    _FRONT,
)
SHED = Family(
    "dotchain_front_shed_queries",
    COUNTER,
    "Queries answered SERVFAIL because too many were in flight.",
    _FRONT,
)
DROPPED = Family(
    "dotchain_front_dropped_queries",
    COUNTER,
    "Messages not answered on purpose, by reason: denied (refuse = drop), chattering (from a port that "
    "answers whatever comes), unreadable (no header to answer) or stage.",
    (*_FRONT, "reason"),
)
TRUNCATED = Family(
    "dotchain_front_truncated_answers",
    COUNTER,
    "Answers with TC, as they did not fit into a datagram; those that the front remembers are counted once.",
    _FRONT,
)
PROXY_HEADERS = Family(
    "dotchain_front_proxy_headers",
    COUNTER,
    "PROXY headers taken and local, and what was refused for want of one or for having one, by reason.",
    (*_FRONT, "result"),
)
IN_FLIGHT = Family(
    "dotchain_front_in_flight_queries", GAUGE, "Queries whose response is not yet written.", _FRONT
)
CONNECTIONS = Family("dotchain_front_connections", GAUGE, "Connections that are open.", _FRONT)
ACCEPTED = Family("dotchain_front_accepted_connections", COUNTER, "Connections taken.", _FRONT)
CONNECTIONS_SHED = Family(
    "dotchain_front_shed_connections",
    COUNTER,
    "Connections closed or not taken because there were too many, or for who wanted them.",
    _FRONT,
)
LIMITS = Family(
    "dotchain_front_limits",
    COUNTER,
    "How often a limit was met, by the key that sets it; closed-strangers and closed-idle are connections "
    "that had to make room for others.",
    (*_FRONT, "limit"),
)
HANDSHAKES = Family(
    "dotchain_front_handshakes",
    COUNTER,
    "TLS handshakes with clients, by result: full, resumed or failed.",
    ("front", "result"),
)
HANDSHAKE_FAILURES = Family(
    "dotchain_front_handshake_failures",
    COUNTER,
    "Failed TLS handshakes with clients, and connections that failed later, by OpenSSL's reason, or timeout, "
    "closed_by_the_client and the like.",
    ("front", "reason"),
)
GROUPS = Family(
    "dotchain_front_key_exchanges",
    COUNTER,
    "TLS handshakes with clients that ended well, by the group of their exchange of keys.",
    ("front", "group"),
)
IDENTIFIED = Family(
    "dotchain_front_identified_connections",
    COUNTER,
    "Connections whose client has shown a certificate with a name (mTLS).",
    ("front",),
)

FAMILIES = (
    *(SERVING, QUERIES, REMEMBERED, ANSWERS, LATENCY, REPEATED, MALFORMED, REFUSED, FAILED, SHED, DROPPED),
    *(
        TRUNCATED,
        PROXY_HEADERS,
        IN_FLIGHT,
        CONNECTIONS,
        ACCEPTED,
        CONNECTIONS_SHED,
        LIMITS,
        HANDSHAKES,
        HANDSHAKE_FAILURES,
        GROUPS,
        IDENTIFIED,
    ),
)

_RCODES = [
    *(dns.rcode.to_text(dns.rcode.Rcode.make(each)) for each in range(Meter.NAMED)),
    "other",
]
_COUNTS = {
    QUERIES: "queries",
    REMEMBERED: "remembered",
    REPEATED: "repeated",
    MALFORMED: "malformed",
    REFUSED: "refused",
    FAILED: "failed",
    SHED: "shed",
    TRUNCATED: "truncated",
}


def samples(fronts: Parts) -> Iterator[Sample]:
    """What all fronts have to tell."""
    for section, front in fronts:
        yield SERVING, (section.name,), float(state(front) == SERVES)
        yield from _front(section.name, front)


def _front(name: str, front: Front) -> Iterator[Sample]:
    for responder in front.responders.values():
        yield from _responder(name, responder)
    for transport, introductions in front.introductions.items():
        for result, count in introductions.told().items():
            yield PROXY_HEADERS, (name, transport, result), count
    for address, port in zip(front.listen, front.ports, strict=False):
        yield IN_FLIGHT, (name, address.transport), port.inFlight
        if isinstance(port, StreamPort):
            yield from _streams(name, port)


def _responder(name: str, responder: Responder) -> Iterator[Sample]:
    labels = (name, responder.transport)
    for family, counter in _COUNTS.items():
        yield family, labels, getattr(responder.counts, counter)
    for reason, count in _drops(responder.counts).items():
        yield DROPPED, (*labels, reason), count
    for limit, count in responder.counts.limits.items():
        yield LIMITS, (*labels, limit), count
    if responder.meter is not None:
        yield LATENCY, labels, responder.meter.latencies.tell()
        for rcode, count in _rcodes(responder, responder.meter).items():
            yield ANSWERS, (*labels, rcode), count or None


def _drops(counts: Counts) -> dict[str, int]:
    """What was dropped, by reason."""
    found = {each: int(getattr(counts, each)) for each in ("chattering", "denied", "unreadable")}
    return {**found, "stage": counts.dropped - sum(found.values())}


def _rcodes(responder: Responder, meter: Meter) -> dict[str, int]:
    """The answers of the chain, and those that the front makes itself."""
    counts = responder.counts
    found = dict(zip(_RCODES, meter.rcodes, strict=True))
    found["SERVFAIL"] += counts.failed + counts.shed
    found["REFUSED"] += counts.refused
    return found


def _streams(name: str, port: StreamPort) -> Iterator[Sample]:
    labels = (name, port.responder.transport)
    yield CONNECTIONS, labels, len(port.connections)
    yield ACCEPTED, labels, port.accepted
    yield CONNECTIONS_SHED, labels, port.shed
    for limit, count in port.limits.counts.items():
        yield LIMITS, (*labels, limit), count
    if port.responder.transport == "tls":
        yield from _handshakes(name, port.handshakes)
        for group, count in port.groups.items():
            yield GROUPS, (name, group), count
        yield IDENTIFIED, (name,), port.identified


def _handshakes(name: str, counted: Any) -> Iterator[Sample]:
    """Those of one port: failures under their reasons, besides those that ended well."""
    failures = {reason: count for reason, count in counted.items() if reason not in ("full", "resumed")}
    for result in ("full", "resumed"):
        yield HANDSHAKES, (name, result), counted.get(result, 0)
    failed = sum(count for reason, count in failures.items() if not reason.startswith("later: "))
    yield HANDSHAKES, (name, "failed"), failed
    for reason, count in reasons(failures).items():
        yield HANDSHAKE_FAILURES, (name, reason), count
