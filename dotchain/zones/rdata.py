"""RDATA in presentation form."""

from __future__ import annotations

import dns.name
import dns.rdata
import dns.rdatatype
from dns.exception import DNSException

from ..host import isIP
from ..wire.codes import AAAA, A


def rdata(kind: dns.rdatatype.RdataType, text: str, origin: dns.name.Name) -> dns.rdata.Rdata:
    """
    What a record of class IN has.

    @param origin: what relative names in it are below; those that are not, stay absolute.
    @raise ValueError: for an A or AAAA record without an address, of which dnspython says no more than that
        it is malformed.
    @raise dns.exception.DNSException: for what else is wrong.
    """
    try:
        return dns.rdata.from_text("IN", kind, text, origin, relativize=False)
    except DNSException:
        address = "".join(text.split()[:1])
        if kind not in (A, AAAA) or (isIP(address) and (":" in address) == (kind == AAAA)):
            raise
        version = "IPv4" if kind == A else "IPv6"
        raise ValueError(f"{address!r} is no {version} address") from None
