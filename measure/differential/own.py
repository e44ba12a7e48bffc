"""Rules of answers that dotchain gives without the nameserver."""

from __future__ import annotations

from tests.conformance.message import (
    AXFR,
    BADVERS,
    COOKIE,
    EDE,
    FORMERR,
    IXFR,
    KEEPALIVE,
    NOTIMP,
    PADDING,
    REFUSED,
)

from .exchange import Exchange
from .queries import OPCODE

UDP_SIZE = 1232
"""The size that dotchain's OPT records tell, and the most that it sends over UDP."""

_DATAGRAM, _NXNAME = 8192, 128
_NOT_SUPPORTED, _INVALID_TYPE = b"\0\x15", b"\0\x1e"


def isOwn(exchange: Exchange, rcode: int, error: bytes = b"") -> bool:
    """It is a reply that dotchain makes itself: this RCODE, RA, no records, this extended error."""
    got, asked = exchange.through, exchange.case.wire
    if got is None or got.rest or got.rcode != rcode:
        return False
    copied = int.from_bytes(asked[:2], "big") & 0x7910
    errors = [error] if error and got.opt is not None else []
    return (
        got.flags & ~15 == 0x8080 | copied
        and (not got.questions or asked.startswith(got.question, 10))
        and (got.opt is None or got.opt.dnsClass == UDP_SIZE)
        and [data[:2] for code, data in got.options if code == EDE] == errors
        and set(got.codes) <= {EDE, PADDING, KEEPALIVE, COOKIE}
    )


def malformed(exchange: Exchange, field: str) -> bool:
    """What is no query is answered FORMERR, BADVERS or not at all, whatever the server would do."""
    fault = exchange.case.fault
    if fault in {"", OPCODE}:
        return False
    if fault == "response":
        return exchange.through is None
    return isOwn(exchange, BADVERS if fault.startswith("EDNS version") else FORMERR)


def opcodes(exchange: Exchange, field: str) -> bool:
    """Other opcodes than QUERY are answered NOTIMP, with the header alone."""
    return exchange.case.fault == OPCODE and isOwn(exchange, NOTIMP)


def largeDatagrams(exchange: Exchange, field: str) -> bool:
    """A datagram of more than 8192 octets is no query that a front reads whole."""
    large = exchange.path.transport == "udp" and len(exchange.case.wire) + 2 > _DATAGRAM
    return large and isOwn(exchange, FORMERR)


def cookies(exchange: Exchange, field: str) -> bool:
    """Over UDP a COOKIE of a length that no cookie has is FORMERR (RFC 7873 section 5.2.2)."""
    query = exchange.query
    if query is None or exchange.path.transport != "udp" or COOKIE not in query.codes:
        return False
    first = next(data for code, data in query.options if code == COOKIE)
    return len(first) != 8 and not 16 <= len(first) <= 40 and isOwn(exchange, FORMERR)


def transfers(exchange: Exchange, field: str) -> bool:
    """AXFR and IXFR are refused with EDE 21."""
    return _type(exchange) in {AXFR, IXFR} and isOwn(exchange, REFUSED, _NOT_SUPPORTED)


def nxname(exchange: Exchange, field: str) -> bool:
    """The type NXNAME can't be asked for: FORMERR with EDE 30."""
    return _type(exchange) == _NXNAME and isOwn(exchange, FORMERR, _INVALID_TYPE)


def _type(exchange: Exchange) -> int:
    query = exchange.query
    return int.from_bytes(query.question[-4:-2], "big") if query else 0
