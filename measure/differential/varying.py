"""Rules of differences between two answers of a nameserver itself, which dotchain has no part in."""

from __future__ import annotations

from tests.conformance.message import EDE, FORMERR, SERVFAIL, wireName

from .exchange import AUTHORITY, SECTIONS, Exchange, folded
from .kept import sameButTTL
from .own import isOwn
from .zone import BOGUS

_LONGEST = 3600
"""The TTL of most of the zones' records."""

_BOGUS = wireName(BOGUS)
_GIVEN_UP = (b"\0\x16", b"\0\x17")


def ageing(exchange: Exchange, field: str) -> bool:
    """
    A caching server's own TTLs have counted down, or begun anew, between two questions. What proves a
    denial may have begun with less than its own TTL, since another record of the answer had less.
    """
    got, whole = exchange.through, exchange.whole
    if got is None or whole is None or field not in SECTIONS or whole.flags & 0x400:
        return False
    if exchange.path.caches and sameButTTL(exchange, field) and len(set(got.ttls)) == 1:
        return max(got.ttls) <= min(whole.ttls) + exchange.age + 1
    at = SECTIONS.index(field)
    mine, theirs = got.sections[at], whole.sections[at]
    if exchange.path.caches:
        mine, theirs = folded(mine), folded(theirs)
    most = _LONGEST if field == AUTHORITY else exchange.age + 1
    return len(mine) == len(theirs) and all(
        left._replace(ttl=right.ttl) == right and abs(left.ttl - right.ttl) <= most
        for left, right in zip(mine, theirs, strict=True)
    )


def texts(exchange: Exchange, field: str) -> bool:
    """Unbound tells a failure's text when it has just found it; later, without, its code or just Bogus."""
    got, direct = exchange.through, exchange.direct
    if got is None or direct is None or field != f"option {EDE}":
        return False
    mine, theirs = ([data for code, data in each.options if code == EDE] for each in (got, direct))
    return len(mine) == len(theirs) and all(
        left == right or _forgets(*sorted((left, right), key=len))
        for left, right in zip(mine, theirs, strict=True)
    )


def _forgets(short: bytes, long: bytes) -> bool:
    return short in {long[:2], b"\0\x06"}


def verdict(exchange: Exchange, field: str) -> bool:
    """
    What a validating resolver says of what it was asked with CD depends on whether it was asked
    without before. So does what it says of a zone that is bogus in part, and whether it says it in time.
    """
    query, got, direct = exchange.query, exchange.through, exchange.direct
    if query is None or got is None:
        return False
    if query.question[:-4].lower().endswith(_BOGUS):
        return SERVFAIL in {got.rcode, direct.rcode if direct else None}
    return direct is not None and not direct.flags & 0x400 and field == "ad" and bool(query.flags & 0x10)


def fewErrors(exchange: Exchange, field: str) -> bool:
    """
    Unbound sends at most a hundred FORMERR a second. For others it drops the query, over TCP with the
    connection: then either way has no answer, by way of dotchain SERVFAIL with EDE 22 or 23.
    """
    direct, got = exchange.direct, exchange.through
    if got is None or (direct is not None and (direct.rcode != FORMERR or direct.sections[0])):
        return False
    if any(isOwn(exchange, SERVFAIL, error) for error in _GIVEN_UP):
        return True
    return direct is None and got.rcode == FORMERR and not got.sections[0]
