"""What is shown of each front, stage and upstream: the figures of now beside those since the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from .durations import Durations
from .interval import Interval
from .words import NONE

Figures = Mapping[str, Any]

_KEPT = ("entries", "octets", "oldest-seconds", "records", "serial")
"""Of stages: what is there now, rather than what has happened."""

Took = Mapping[tuple[str, ...], Durations]

_AWAY = ("refused", "shed", "dropped", "malformed")


class FrontRow(NamedTuple):
    """
    One transport of a front; rates are a second, None where not known.

    @ivar total: queries since the start.
    @ivar mean: milliseconds until an answer, where the chain was asked, of late.
    @ivar slow: the same of the slowest but one in a hundred.
    @ivar remembered: the share of the queries answered from what the front remembers for a second.
    @ivar failed: answers that are SERVFAIL for want of a better one.
    @ivar away: queries that got no answer, or REFUSED: over a limit, not allowed, malformed.
    @ivar connections: those open now; None over UDP.
    @ivar handshakes: new TLS sessions, full and resumed.
    """

    name: str
    transport: str
    rate: float | None
    total: int
    mean: float | None
    slow: float | None
    remembered: float | None
    failed: float | None
    away: float | None
    connections: int | None
    handshakes: float | None


class AddressRow(NamedTuple):
    """
    One address of an upstream.

    @ivar state: C{connected}, C{idle}, C{down}, C{refused}, or what else C{dotchain upstreams} says.
    @ivar latency: milliseconds, of late.
    @ivar tls: the version of TLS; empty without.
    @ivar proof: how is known who is there: C{name}, C{pin}, C{none}; empty where nobody is.
    @ivar peer: the same in words.
    @ivar days: until its certificate ends.
    @ivar trouble: the last one, and seconds since then.
    """

    upstream: str
    address: str
    state: str
    rate: float | None
    latency: float | None
    failures: float | None
    inFlight: int
    open: int
    tls: str
    proof: str
    peer: str
    days: float | None
    trouble: str
    troubleAgo: float
    nextTrial: float | None


class MemberRow(NamedTuple):
    """One member of a group."""

    group: str
    name: str
    state: str
    rate: float | None
    failures: float | None
    latency: float | None
    inFlight: int


class StageRow(NamedTuple):
    """
    One stage.

    @ivar rates: its counters that move, a second.
    @ivar totals: all of them.
    @ivar ratio: the share of hits, where it is a cache that was asked lately, or else ever.
    @ivar micros: microseconds that it takes of a query by itself, where that is measured.
    @ivar share: of the time that all stages take.
    """

    name: str
    rates: Figures
    totals: Figures
    ratio: float | None
    micros: float | None
    share: float | None


def frontRows(stats: Figures, interval: Interval, took: Took) -> Iterator[FrontRow]:
    """A row for each front and transport, in the order of the file."""
    for name, transports in stats["fronts"].items():
        for transport, counts in transports.items():
            rates = interval.rates("fronts", name, transport) or {}
            asked, remembered = rates.get("queries"), rates.get("remembered")
            lasted = took.get((name, transport))
            away = [rates[key] for key in _AWAY if key in rates]
            yield FrontRow(
                name,
                transport,
                asked,
                counts["queries"],
                _milliseconds(lasted.mean) if lasted else None,
                _milliseconds(lasted.quantile(0.99)) if lasted else None,
                remembered / asked if asked and remembered is not None else None,
                rates.get("failed"),
                sum(away) if away else None,
                counts.get("connections", {}).get("open"),
                _handshakes(counts, rates),
            )


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _handshakes(counts: Figures, rates: Figures) -> float | None:
    if "handshakes" not in counts or "queries" not in rates:
        return None
    return float(sum(rates.get("handshakes", {}).get(key, 0.0) for key in ("full", "resumed")))


def addressRows(upstreams: Figures, interval: Interval, now: datetime) -> Iterator[AddressRow]:
    """A row for each address of each upstream over the network."""
    for name, upstream in upstreams.items():
        for address, each in upstream.get("addresses", {}).items():
            rates = interval.rates("upstreams", name, "addresses", address) or {}
            peer, trouble = each.get("peer"), each.get("trouble") or {}
            yield AddressRow(
                name,
                address,
                each["state"],
                rates.get("queries"),
                each["latency-ms"],
                sum(rates.get("failures", {}).values()) if "queries" in rates else None,
                each["in-flight"],
                each.get("connections", each.get("sockets", {})).get("open", 0),
                peer["version"] if peer else "",
                proof(peer) if peer else "",
                who(peer) if peer else NONE if address.startswith("tls:") else "clear text",
                daysLeft(peer["not-after"], now) if peer and peer["not-after"] else None,
                str(trouble.get("text", "")),
                float(trouble.get("seconds-ago", 0.0)),
                each.get("next-trial-seconds"),
            )


def proof(peer: Figures) -> str:
    """C{name}, C{pin} or C{none}."""
    if not peer["authenticated"]:
        return "none"
    return "name" if peer["name"] else "pin"


def who(peer: Figures) -> str:
    """Which TLS, and who is there by which proof."""
    if not peer["authenticated"]:
        return f"{peer['version']}, not authenticated: {peer['reason'] or 'no proof is asked for'}"
    return f"{peer['version']}, authenticated {'as ' + peer['name'] if peer['name'] else 'by its pin'}"


def daysLeft(notAfter: str, now: datetime) -> float:
    """Days until a moment in ISO form."""
    end = datetime.fromisoformat(notAfter)
    return (end.replace(tzinfo=end.tzinfo or timezone.utc) - now).total_seconds() / 86400


def memberRows(upstreams: Figures, interval: Interval) -> Iterator[MemberRow]:
    """A row for each member of each group."""
    for name, upstream in upstreams.items():
        for member, each in upstream.get("members", {}).items():
            rates = interval.rates("upstreams", name, "members", member) or {}
            yield MemberRow(
                name,
                member,
                each["state"],
                rates.get("asked"),
                rates.get("failed"),
                each["latency-ms"],
                each["in-flight"],
            )


def stageRows(stats: Figures, interval: Interval, took: Took) -> Iterator[StageRow]:
    """A row for each stage."""
    own = {labels[0]: each for labels, each in took.items()}
    together = sum(each.seconds for each in own.values())
    for name, totals in stats["stages"].items():
        rates = interval.rates("stages", name) or {}
        moving = {
            key: rate for key, rate in rates.items() if key not in _KEPT and isinstance(rate, float) and rate
        }
        mine = own.get(name)
        micros = None if mine is None or mine.mean is None else mine.mean * 1e6
        share = mine.seconds / together if mine and together else None
        yield StageRow(name, moving, totals, hitRatio(rates, totals), micros, share)


def hitRatio(rates: Figures, totals: Figures) -> float | None:
    """Of a cache, the share of hits: lately where it was asked lately, else since the start."""
    for counts in (rates, totals):
        hits, misses = counts.get("hits"), counts.get("misses")
        if isinstance(hits, (int, float)) and isinstance(misses, (int, float)) and hits + misses:
            return float(hits / (hits + misses))
    return None


def cacheRatio(stages: list[StageRow]) -> float | None:
    """The same of all caches together, where one was asked lately; else None."""
    hits = sum(each.rates.get("hits", 0.0) for each in stages if each.ratio is not None)
    misses = sum(each.rates.get("misses", 0.0) for each in stages if each.ratio is not None)
    return hits / (hits + misses) if hits + misses else None
