"""What upstreams answer in a test of the file: C{[test NAME] answer}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.exception import DNSException

from ..host import isIP
from ..options import LineError, linesOf
from ..wire import Answer, Query
from ..wire.codes import MAXIMUM, NOERROR
from ..wire.domains import nameOf

NODATA = "NODATA"
_TTL = 300
_LONGEST_CHAIN = 16
_IN = dns.rdataclass.RdataClass.IN


class ScriptedRecord(NamedTuple):
    """
    A record that upstreams have.

    @ivar owner: its name; None for that which is asked for.
    """

    owner: dns.name.Name | None
    ttl: int
    type: int
    rdata: dns.rdata.Rdata


class SaidAddresses:
    """
    Some addresses of whatever name is asked for, which no cache keeps: faster than a L{Script}.

    @ivar addresses: in presentation form.
    """

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self.addresses = addresses

    def answer(self, query: Query) -> Answer:
        """Those that the query asks for."""
        return query.reply(*self.addresses, ttl=0)


class Script:
    """
    What every upstream answers: the records that it is asked for, and NODATA where it has none; or an RCODE.

    @ivar rcode: the RCODE.
    @ivar records: the records.
    """

    def __init__(self, rcode: int = NOERROR, records: tuple[ScriptedRecord, ...] = ()) -> None:
        self.rcode = rcode
        self.records = records

    def answer(self, query: Query) -> Answer:
        """The answer to a query, with those that an alias leads to."""
        if not self.records:
            return query.answer(self.rcode)
        made = dns.message.QueryMessage(0)
        made.flags = dns.flags.QR | dns.flags.RA
        owner, kind = query.name, query.type
        made.question = [dns.rrset.RRset(owner, _IN, dns.rdatatype.RdataType.make(kind))]
        for name, record in self._found(owner, kind):
            rrset = made.find_rrset(made.answer, name, _IN, record.rdata.rdtype, create=True)
            rrset.add(record.rdata, record.ttl)
        return Answer.parse(made.to_wire(max_size=MAXIMUM))

    def _found(self, name: dns.name.Name, kind: int) -> Iterator[tuple[dns.name.Name, ScriptedRecord]]:
        """Each record of an answer with its owner (RFC 1034 section 4.3.2)."""
        first = name
        for _ in range(_LONGEST_CHAIN):
            own = [each for each in self.records if (each.owner or first) == name]
            yield from ((name, each) for each in own if kind in (each.type, dns.rdatatype.ANY))
            alias = next((each for each in own if each.type == dns.rdatatype.CNAME), None)
            if alias is None or kind in (dns.rdatatype.CNAME, dns.rdatatype.ANY):
                return
            yield name, alias
            name = alias.rdata.target  # type: ignore[attr-defined]


def script(text: str) -> Script:
    """
    An RCODE, C{NODATA}, or records in presentation form, a line each: C{192.0.2.1},
    C{MX 10 mail.example.org}, C{www.example.org. 300 IN A 192.0.2.1}.

    @raise LineError: with the line that is none.
    """
    rcode = _rcode(text)
    if rcode is not None:
        return Script(rcode)
    records: list[ScriptedRecord] = []
    for line in linesOf(text):
        try:
            records += _records(line)
        except (DNSException, ValueError) as error:
            raise LineError(
                f"{line!r} is no record such as 192.0.2.1, MX 10 mail.example.org or "
                f"www.example.org. 300 IN A 192.0.2.1, nor an RCODE: {error}",
                line.line,
            ) from None
    return Script(NOERROR, tuple(records))


def _rcode(text: str) -> int | None:
    if text.upper() in ("", NODATA):
        return NOERROR
    try:
        return int(dns.rcode.from_text(text.upper()))
    except (DNSException, ValueError):
        return None


def _records(line: str) -> list[ScriptedRecord]:
    words = line.split()
    if all(isIP(each) for each in words):
        return [
            _record(None, _TTL, dns.rdatatype.AAAA if ":" in each else dns.rdatatype.A, each)
            for each in words
        ]
    whole = _whole(words)
    if whole is not None:
        return [whole]
    return [_record(None, _TTL, dns.rdatatype.from_text(words[0]), " ".join(words[1:]))]


def _whole(words: list[str]) -> ScriptedRecord | None:
    """The record, where a name stands before its type, and perhaps TTL and class."""
    owner, rest = words[0], words[1:]
    ttl = _TTL
    if rest and rest[0].isdigit():
        ttl, rest = int(rest[0]), rest[1:]
    if rest and rest[0].upper() == "IN":
        rest = rest[1:]
    try:
        kind = dns.rdatatype.from_text(rest[0])
    except (DNSException, ValueError, IndexError):
        return None
    return _record(nameOf(owner), ttl, kind, " ".join(rest[1:])) if rest[1:] else None


def _record(
    owner: dns.name.Name | None, ttl: int, kind: dns.rdatatype.RdataType, data: str
) -> ScriptedRecord:
    rdata = dns.rdata.from_text(_IN, kind, data, dns.name.root, relativize=False)
    return ScriptedRecord(owner, ttl, int(kind), rdata)
