"""What upstreams answer in a test of the file: C{[test NAME] answer}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from ..wire import Answer, Query
from ..wire.codes import MAXIMUM, NOERROR

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
