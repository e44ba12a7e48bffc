"""Metrics of upstreams over the network, of each address and connection, and of groups."""

from __future__ import annotations

from collections.abc import Iterator

from ...upstreams.endpoint import Endpoint
from ...upstreams.forward import Forward
from ...upstreams.groups.condition import condition
from ...upstreams.groups.group import Group
from ...upstreams.groups.health import DOWN
from ...upstreams.streams.connectioncounts import CLOSE_KINDS, repeated
from ...upstreams.streams.introducingpool import IntroducingPool
from ...upstreams.streams.pool import Pool
from ..counters import counters
from ..drain import isDrained
from ..figures import endpoints
from ..measuring import Measuring
from ..running import TreeView
from .family import COUNTER, GAUGE, HISTOGRAM, MAX, MIN, SUMMARY, Family, Sample
from .stages import spent

_ADDRESS = ("upstream", "address")
_MEMBER = ("group", "member")

QUERIES = Family("dotchain_upstream_queries", COUNTER, "Queries sent, those sent again among them.", _ADDRESS)
ANSWERS = Family("dotchain_upstream_answers", COUNTER, "Answers taken.", _ADDRESS)
IN_FLIGHT = Family("dotchain_upstream_in_flight_queries", GAUGE, "Queries that wait for an answer.", _ADDRESS)
LATENCY = Family(
    "dotchain_upstream_latency_seconds",
    GAUGE,
    "Moving average of the seconds that answers took; of workers the most.",
    _ADDRESS,
    MAX,
)
RTT = Family(
    "dotchain_upstream_rtt_seconds",
    HISTOGRAM,
    "Seconds from sending a query to its answer, of one answer in 16 that no later one overtook.",
    _ADDRESS,
)
UP = Family(
    "dotchain_upstream_up",
    GAUGE,
    "1 where an address may be asked, 0 where it failed and is left alone; of workers the least.",
    _ADDRESS,
    MIN,
)
REFUSED = Family(
    "dotchain_upstream_refused",
    GAUGE,
    "1 where whoever is at an address did not prove to be the one wanted, else 0; of workers the most.",
    _ADDRESS,
    MAX,
)
FAILURES = Family(
    "dotchain_upstream_failures",
    COUNTER,
    "Failures of an address, by phase, such as connect, tls, verify, read and timeout.",
    (*_ADDRESS, "phase"),
)
CONNECTIONS = Family("dotchain_upstream_connections", GAUGE, "Connections that are open.", _ADDRESS)
SOCKETS = Family("dotchain_upstream_sockets", GAUGE, "UDP sockets that are open.", _ADDRESS)
DIALS = Family("dotchain_upstream_connections_begun", COUNTER, "Connections begun.", _ADDRESS)
REUSED = Family(
    "dotchain_upstream_reused_connection_queries",
    COUNTER,
    "Queries sent over a connection that had carried one before.",
    _ADDRESS,
)
CLOSES = Family(
    "dotchain_upstream_connections_closed",
    COUNTER,
    "Connections that have ended, by kind: peer (closed by the peer at rest), cut (with queries in flight), "
    "refused (behind the handshake), idle (by us, unused) or replaced (by us, for age, use or silence).",
    (*_ADDRESS, "kind"),
)
HANDSHAKES = Family(
    "dotchain_upstream_handshakes",
    COUNTER,
    "TLS handshakes that ended well, by result: full or resumed. Others are failures in phase tls or verify.",
    (*_ADDRESS, "result"),
)
IDLE_LIMIT = Family(
    "dotchain_upstream_idle_limit_seconds",
    GAUGE,
    "Seconds that a connection may stay unused, as learned from its peer; of workers the least.",
    _ADDRESS,
    MIN,
)
DRAINED = Family(
    "dotchain_upstream_drained",
    GAUGE,
    "1 where an operator has drained an upstream or a group, else 0; of workers the most.",
    ("upstream",),
    MAX,
)
CLIENTS = Family(
    "dotchain_upstream_introduced_clients",
    GAUGE,
    "Clients with connections of their own to an address that is told by PROXY headers who asks.",
    _ADDRESS,
)
CROWD = Family(
    "dotchain_upstream_waiting_clients",
    GAUGE,
    "Clients that wait for such a connection, as there are as many as may be.",
    _ADDRESS,
)
DOWNGRADED = Family(
    "dotchain_upstream_downgraded_queries",
    COUNTER,
    "Queries answered in clear text because no TLS could be had.",
    ("upstream",),
)
SHED = Family(
    "dotchain_upstream_shed_queries",
    COUNTER,
    "Queries failed because too many were in flight.",
    ("upstream",),
)
MEMBER_QUERIES = Family("dotchain_group_queries", COUNTER, "Queries that a group gave to a member.", _MEMBER)
MEMBER_WON = Family("dotchain_group_answers", COUNTER, "Answers of a member that its group took.", _MEMBER)
MEMBER_FAILED = Family("dotchain_group_failures", COUNTER, "Queries that a member failed.", _MEMBER)
MEMBER_PROBES = Family("dotchain_group_probes", COUNTER, "Questions that no client waited for.", _MEMBER)
MEMBER_UP = Family(
    "dotchain_group_member_up",
    GAUGE,
    "1 where a member is not down, else 0; of workers the least.",
    _MEMBER,
    MIN,
)
SELF = Family(
    "dotchain_upstream_self_seconds",
    SUMMARY,
    "Seconds of our own work for an upstream, of one query in 64 of the chain.",
    ("upstream",),
)
EVENTS = Family(
    "dotchain_upstream_events",
    COUNTER,
    "What else an upstream or a group counts, by the name of its counter.",
    ("upstream", "event"),
)

_ADDRESSES = (
    *(QUERIES, ANSWERS, IN_FLIGHT, LATENCY, RTT, UP, REFUSED, FAILURES, CONNECTIONS, SOCKETS, DIALS, REUSED),
    *(CLOSES, HANDSHAKES, IDLE_LIMIT, DRAINED, CLIENTS, CROWD, DOWNGRADED, SHED),
)
_MEMBERS = (MEMBER_QUERIES, MEMBER_WON, MEMBER_FAILED, MEMBER_PROBES, MEMBER_UP)
FAMILIES = (*_ADDRESSES, *_MEMBERS, SELF, EVENTS)


def samples(tree: TreeView, measuring: Measuring | None) -> Iterator[Sample]:
    """What all upstreams and groups have to tell."""
    for section, thing in tree.parts:
        if section.role != "upstream":
            continue
        yield SELF, (section.name,), spent(measuring, thing)
        yield DRAINED, (section.name,), float(isDrained(tree, thing, section.name))
        for name, value in counters(thing).items():
            if isinstance(value, (int, float)):
                yield EVENTS, (section.name, name), value
        if isinstance(thing, Forward):
            yield from _forward(section.name, thing)
        elif isinstance(thing, Group):
            yield from _group(section.name, thing)


def _forward(name: str, thing: Forward) -> Iterator[Sample]:
    yield DOWNGRADED, (name,), thing.downgraded
    yield SHED, (name,), thing.pendingQueries.shed
    for endpoint in endpoints(thing):
        yield from _endpoint((name, str(endpoint.address)), endpoint)
    for endpoint in thing.endpoints:
        # Side pools at the same address tell nothing of it.
        labels = (name, str(endpoint.address))
        yield UP, labels, float(not endpoint.refused and not endpoint.retryAt > 0.0)
        yield REFUSED, labels, float(endpoint.refused)
        yield LATENCY, labels, endpoint.latency or None


def _endpoint(labels: tuple[str, str], endpoint: Endpoint) -> Iterator[Sample]:
    carriers = list(endpoint.carriers)
    yield QUERIES, labels, endpoint.carried + sum(each.sent for each in carriers)
    yield ANSWERS, labels, endpoint.answers
    yield RTT, labels, endpoint.trips.tell()
    yield IN_FLIGHT, labels, sum(len(each.inFlightTable.left()) for each in carriers)
    for phase, count in endpoint.failureLog.counts.items():
        yield FAILURES, (*labels, phase), count
    if isinstance(endpoint, Pool):
        yield from _pool(labels, endpoint)
    else:
        yield SOCKETS, labels, len(carriers)


def _pool(labels: tuple[str, str], pool: Pool) -> Iterator[Sample]:
    yield CONNECTIONS, labels, len(pool.connections.open)
    yield DIALS, labels, pool.dials
    if isinstance(pool, IntroducingPool):
        yield CLIENTS, labels, len(pool.clients)
        yield CROWD, labels, len(pool.crowd)
    yield REUSED, labels, pool.counts.reused + sum(map(repeated, pool.connections.alive))
    for kind in CLOSE_KINDS:
        yield CLOSES, (*labels, kind), pool.counts.closes[kind]
    for result in ("full", "resumed") if pool.encrypted else ():
        yield HANDSHAKES, (*labels, result), pool.counts.handshakes[result]
    yield IDLE_LIMIT, labels, pool.connectionMonitor.limit.seconds(None)


def _group(name: str, group: Group) -> Iterator[Sample]:
    for member in group.members:
        labels = (name, member.name)
        yield MEMBER_QUERIES, labels, member.asked
        yield MEMBER_WON, labels, member.won
        yield MEMBER_FAILED, labels, member.failed
        yield MEMBER_PROBES, labels, member.probes
        yield MEMBER_UP, labels, float(condition(member) != DOWN)
