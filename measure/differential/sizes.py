"""Rules of answers that are cut, or not cut, to a size."""

from __future__ import annotations

from tests.conformance.message import SERVFAIL, TSIG

from .exchange import ADDITIONAL, ANSWER, AUTHORITY, SECTIONS, Exchange
from .kept import cached, sameButCase
from .own import UDP_SIZE, isOwn
from .varying import ageing

_NETWORK = b"\0\x17"

_CUTTING = {"tc", "aa", "ad", *SECTIONS}


def cut(exchange: Exchange, field: str) -> bool:
    """
    Over UDP, what doesn't fit into the client's size or 1232 octets loses additional records, or
    goes without records and with TC set.
    """
    got, whole = exchange.through, exchange.whole
    if got is None or whole is None or field not in _CUTTING or not _overflows(exchange):
        return False
    if got.flags & 0x200:
        return not got.rest and _asWhole(exchange, field)
    fewer = len(got.sections[2]) < len(whole.sections[2])
    return fewer and _same(exchange, (ANSWER, AUTHORITY)) and _asWhole(exchange, field)


def uncut(exchange: Exchange, field: str) -> bool:
    """What does fit is passed whole where the server itself cut it short over UDP."""
    if exchange.path.transport != "udp" or field not in _CUTTING:
        return False
    got = exchange.through
    if got is None or got.flags & 0x200 or exchange.whole is None or len(got.wire) > _room(exchange):
        return False
    return _same(exchange, SECTIONS) and _asWhole(exchange, field)


def askedByUdp(exchange: Exchange, field: str) -> bool:
    """An upstream that is asked over UDP may leave out additional records that don't fit into 1232 octets."""
    got, whole = exchange.through, exchange.whole
    if exchange.path.upstream != "udp" or field != ADDITIONAL or got is None or whole is None:
        return False
    overflows = whole.body + 11 > UDP_SIZE
    return (
        overflows and len(got.sections[2]) < len(whole.sections[2]) and _same(exchange, (ANSWER, AUTHORITY))
    )


def cutOnStream(exchange: Exchange, field: str) -> bool:
    """An answer that even TCP can't carry is SERVFAIL with EDE 23: a client has nowhere else to go."""
    whole = exchange.whole
    return whole is not None and bool(whole.flags & 0x200) and isOwn(exchange, SERVFAIL, _NETWORK)


def _room(exchange: Exchange) -> int:
    """Octets that a response over UDP may have: the client's size, and 1232 at the most."""
    query = exchange.query
    return 512 if query is None or query.opt is None else min(max(query.opt.dnsClass, 512), UDP_SIZE)


def _overflows(exchange: Exchange) -> bool:
    """
    Whether the whole answer, as dotchain would send it, is too large for the client over UDP.

    An answer from a cache was compressed for whoever asked first, in whatever case: then it can be of
    any size up to that without compression.
    """
    query, whole = exchange.query, exchange.whole
    if exchange.path.transport != "udp" or query is None or whole is None:
        return False
    if whole.flags & 0x200:
        return True
    if TSIG in whole.types:
        # It keeps the nameserver's OPT record.
        return len(whole.wire) > _room(exchange)
    size = whole.expanded if exchange.path.caches else whole.body
    return size + (11 if query.opt else 0) > _room(exchange)


def _asWhole(exchange: Exchange, field: str) -> bool:
    """AA and AD are those of the whole answer; where all was cut away, AD may be clear."""
    got, whole = exchange.through, exchange.whole
    assert got is not None
    assert whole is not None
    if field == "ad" and got.flags & 0x200 and not got.flags & 0x20:
        return True
    return field not in {"aa", "ad"} or got.fields[field] == whole.fields[field]


def _same(exchange: Exchange, sections: tuple[str, ...]) -> bool:
    """These sections are the whole answer's, but for what age and a cache may change."""
    got, whole = exchange.through, exchange.whole
    assert got is not None
    assert whole is not None
    return all(
        got.fields[name] == whole.fields[name]
        or cached(exchange, name)
        or ageing(exchange, name)
        or sameButCase(exchange.path, got, whole, name)
        for name in sections
    )
