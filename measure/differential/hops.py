"""Rules of what belongs to a hop and not to an answer: OPT and the header's flags."""

from __future__ import annotations

from tests.conformance.message import COOKIE, EDE, KEEPALIVE, NXDOMAIN, PADDING, TSIG, Record, expand

from .exchange import ADDITIONAL, Exchange
from .own import UDP_SIZE


def signed(exchange: Exchange, field: str) -> bool:
    """
    A signed response comes as the nameserver sent it over TCP, OPT and all; its signature tells the
    time, and the ID that the nameserver saw (RFC 8945 section 4.2).
    """
    query, got, whole = exchange.query, exchange.through, exchange.whole
    if query is None or got is None or whole is None or TSIG not in query.types or TSIG not in got.types:
        return False
    if field == ADDITIONAL:
        return [_unsigned(record) for record in got.sections[2]] == [
            _unsigned(record) for record in whole.sections[2]
        ]
    return got.fields.get(field) == whole.fields.get(field)


def _unsigned(record: Record) -> Record:
    """A TSIG record without time, MAC and original ID; any other as it is."""
    if record.type != TSIG:
        return record
    algorithm, at = expand(record.data, 0)
    size = int.from_bytes(record.data[at + 8 : at + 10], "big")
    behind = record.data[at + 10 + size + 2 :]
    return record._replace(data=algorithm + record.data[at + 6 : at + 10] + behind)


def hopOpt(exchange: Exchange, field: str) -> bool:
    """The OPT record is dotchain's own: there if the query has one, size 1232, DO as asked."""
    query, got = exchange.query, exchange.through
    if query is None or got is None:
        return False
    if field == "opt":
        return (got.opt is not None) == (query.opt is not None)
    if got.opt is None:
        return query.opt is None and field in {"size", "version", "do", "edns flags"}
    return {
        "size": got.opt.dnsClass == UDP_SIZE,
        "version": got.fields["version"] == 0,
        "do": got.do == query.do,
        "edns flags": got.fields["edns flags"] == 0,
    }.get(field, False)


def hopOptions(exchange: Exchange, field: str) -> bool:
    """EDNS options but for extended errors are each hop's own: dropped, or answered by dotchain."""
    query, got = exchange.query, exchange.through
    if query is None or got is None or not field.startswith("option "):
        return False
    code, mine = int(field.split()[1]), got.fields.get(field)
    if mine is None:
        return code != EDE or query.opt is None
    if code == PADDING:
        return exchange.path.transport == "tls" and PADDING in query.codes and not len(got.wire) % 468
    if code == KEEPALIVE:
        return exchange.path.transport != "udp" and KEEPALIVE in query.codes
    if code != COOKIE:
        return False
    asked = next((data for each, data in query.options if each == COOKIE), b"")
    told = [data for each, data in got.options if each == COOKIE]
    return len(told) == 1 and told[0][:8] == asked[:8] and 16 <= len(told[0]) <= 40


def hopFlags(exchange: Exchange, field: str) -> bool:
    """RD and CD are the query's, Z is 0, AD is for those who asked with AD or DO, and for no error."""
    query, got = exchange.query, exchange.through
    if query is None or got is None:
        return False
    return {
        "rd": bool(got.flags & 0x100) == bool(query.flags & 0x100),
        "cd": bool(got.flags & 0x10) == bool(query.flags & 0x10),
        "z": not got.flags & 0x40,
        "ad": not got.flags & 0x20
        and (got.rcode not in {0, NXDOMAIN} or not (query.flags & 0x20 or query.do)),
    }.get(field, False)
