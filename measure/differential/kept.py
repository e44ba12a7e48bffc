"""Rules of what the stages cache and coalesce keep and share."""

from __future__ import annotations

from tests.conformance.message import EDE, NXDOMAIN, SOA

from .exchange import AUTHORITY, SECTIONS, Exchange, Reply, TransportPath, folded

_DAY, _HOUR = 86400, 3600
_CACHED_ERROR = b"\0\x0d"
_NOERROR, _YXDOMAIN = 0, 6
_ANSWERS = (_NOERROR, NXDOMAIN, _YXDOMAIN)


def cached(exchange: Exchange, field: str) -> bool:
    """From a cache: no AA, all TTLs the least one of the answer, counted down."""
    got, whole = exchange.through, exchange.whole
    if not exchange.path.caches or got is None or whole is None or exchange.query is None:
        return False
    life = _life(whole)
    if life < 1 or not exchange.query.flags & 0x100:
        return False
    if field == "aa":
        return not got.flags & 0x400
    if field not in SECTIONS:
        return False
    low = max(0, life - exchange.age - 1)
    return sameButTTL(exchange, field) and all(low <= ttl <= life for ttl in got.ttls)


def denied(exchange: Exchange, field: str) -> bool:
    """NXDOMAIN is kept for all types of a name, whatever TTL another one has (RFC 2308 section 5)."""
    query, got, whole = exchange.query, exchange.through, exchange.whole
    if not exchange.path.caches or query is None or got is None or whole is None:
        return False
    if not (got.rcode == whole.rcode == NXDOMAIN) or got.flags & 0x400 or whole.sections[0]:
        return False
    return field == "aa" or (
        field == AUTHORITY
        and sameButTTL(exchange, field)
        and all(ttl <= min(_HOUR, _minimum(got)) for ttl in got.ttls)
    )


def failures(exchange: Exchange, field: str) -> bool:
    """A failure is kept for a moment and told without records, with EDE 13 behind its own (RFC 9520)."""
    query, got, whole = exchange.query, exchange.through, exchange.whole
    if not exchange.path.caches or query is None or got is None or whole is None:
        return False
    if got.rcode != whole.rcode or got.rcode in _ANSWERS or got.rest or got.flags & 0x620:
        return False
    errors = [data for code, data in got.options if code == EDE]
    return query.opt is None or errors[-1:] == [_CACHED_ERROR]


def case(exchange: Exchange, field: str) -> bool:
    """Answers are shared by those who ask in another case, which names point to."""
    got, direct = exchange.through, exchange.direct
    if got is None or direct is None or field not in SECTIONS:
        return False
    return sameButCase(exchange.path, got, direct, field)


def sameButCase(path: TransportPath, got: Reply, other: Reply, field: str) -> bool:
    """These sections differ in the case of letters alone, which a cache or coalesce may change."""
    at = SECTIONS.index(field)
    return path.caches and folded(got.sections[at]) == folded(other.sections[at])


def sameButTTL(exchange: Exchange, field: str) -> bool:
    """The section is the direct reply's, or the whole one's, TTL and letter case aside."""
    at = SECTIONS.index(field)
    assert exchange.through is not None
    mine = [record._replace(ttl=0) for record in folded(exchange.through.sections[at])]
    return any(
        [record._replace(ttl=0) for record in folded(reply.sections[at])] == mine
        for reply in (exchange.direct, exchange.whole)
        if reply is not None
    )


def _life(reply: Reply) -> int:
    """Seconds for which dotchain's cache may keep an answer by its defaults; 0 for not at all."""
    if reply.flags & 0x200 or reply.rcode not in {0, NXDOMAIN} or not reply.rest:
        return 0
    kind = int.from_bytes(reply.question[-4:-2], "big")
    if reply.rcode == 0 and any(kind in (record.type, 255) for record in reply.sections[0]):
        return min(_DAY, *reply.ttls, _DAY)
    return min(_HOUR, _minimum(reply), *reply.ttls)


def _minimum(reply: Reply) -> int:
    """The SOA's field MINIMUM; 0 without an SOA."""
    found = (int.from_bytes(each.data[-4:], "big") for each in reply.sections[1] if each.type == SOA)
    return next(found, 0)
