"""A nameserver in clear text that knows the addresses of some names, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from .datagramserver import DatagramServer


class Plain(DatagramServer):
    """
    The server, over UDP, in a thread of its own until the C{with} block ends.

    @ivar addresses: the IPv4 address of each name; of others it says NXDOMAIN.
    @ivar asked: names and types, in the order that they were asked for.
    """

    def __init__(self, addresses: Mapping[str, str], ttl: int = 300) -> None:
        super().__init__()
        self.addresses = dict(addresses)
        self.asked: list[tuple[str, str]] = []
        self._ttl = ttl

    def reply(self, wire: bytes) -> bytes | None:
        """See L{DatagramServer.reply}."""
        try:
            return self._answer(dns.message.from_wire(wire)).to_wire()
        except dns.exception.DNSException:
            return None

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        address = self.addresses.get(name)
        if address is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif kind == "A":
            answer.answer.append(dns.rrset.from_text(question.name, self._ttl, "IN", "A", address))
        return answer
