"""What a primary sends, as octets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig

ORIGIN = dns.name.from_text("policy.example.")
KEY = dns.tsig.Key("transfers.", b"secret of the tests", dns.tsig.HMAC_SHA256)


def soa(serial: int, times: str = "3600 600 86400 60") -> str:
    """An SOA record."""
    return f"@ 300 IN SOA ns hostmaster {serial} {times}"


def whole(serial: int, *records: str) -> list[str]:
    """All records of a transfer of the whole zone."""
    return [soa(serial), *records, soa(serial)]


def message(number: int, records: Sequence[str], rcode: int = 0, origin: dns.name.Name = ORIGIN) -> Any:
    """One message of a transfer, each record in a line."""
    made = dns.message.QueryMessage(number)
    made.flags = dns.flags.QR | dns.flags.AA
    made.set_rcode(dns.rcode.Rcode(rcode))
    made.question = [dns.rrset.RRset(origin, dns.rdataclass.IN, dns.rdatatype.AXFR)]
    for line in records:
        owner, ttl, _, kind, data = line.split(None, 4)
        rdata = dns.rdata.from_text("IN", kind, data, origin, relativize=False)
        made.answer.append(dns.rrset.from_rdata(dns.name.from_text(owner, origin), int(ttl), rdata))
    return made


class Sender:
    """
    Signs one message after the other, as of one transfer.

    @ivar requestMac: the signature of the request.
    """

    def __init__(self, requestMac: bytes = b"", key: dns.tsig.Key = KEY) -> None:
        self.requestMac = requestMac
        self._key = key
        self._context: Any = None

    def unsigned(self, made: Any) -> bytes:
        """A message without, that the next signature is for, too."""
        wire: bytes = made.to_wire(max_size=65535)
        self._context.update(wire)
        return wire

    def signed(self, made: Any) -> bytes:
        """A message with its signature."""
        made.use_tsig(self._key, self._key.name)
        made.request_mac = self.requestMac
        wire: bytes = made.to_wire(max_size=65535, multi=True, tsig_ctx=self._context)
        self._context = made.tsig_ctx
        return wire
