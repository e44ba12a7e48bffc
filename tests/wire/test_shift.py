"""Denials behind longer questions, and what dnspython reads there."""

from __future__ import annotations

import dns.message
import dns.rcode
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import Answer, Query, ask, render
from dotchain.wire.reply import Hop
from dotchain.wire.shift import shifted

from .test_fuzz import quick

LABELS = st.text("abz", min_size=1, max_size=9)
OWNERS = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "example.org."]))
SOAS = OWNERS.map(lambda name: f"{name} 60 IN SOA ns.{name} root.b.example.org. 1 2 3 4 60")
PROOFS = OWNERS.map(lambda name: f"{name} 60 IN NSEC z.{name} A RRSIG NSEC")


def denial(query: Query, *records: str) -> Answer:
    """NXDOMAIN with these records, names compressed."""
    message = dns.message.make_response(query.message())
    for line in records:
        name, ttl, dnsClass, kind, data = line.split(None, 4)
        message.authority.append(dns.rrset.from_text(name, int(ttl), dnsClass, kind, data))
    message.set_rcode(dns.rcode.NXDOMAIN)
    return Answer.parse(message.to_wire())


def authority(query: Query, answer: Answer) -> list[str]:
    """The records of the authority section as a client reads them."""
    sent = dns.message.from_wire(b"\0\0" + render(query, answer, Hop(stream=True)))
    return [rrset.to_text() for rrset in sent.authority]


class ShiftTests(SynchronousTestCase):
    """L{shifted}."""

    @quick
    @given(OWNERS, LABELS, SOAS, st.lists(PROOFS, max_size=3))
    def test_sameRecords(self, name: str, below: str, soa: str, proofs: list[str]) -> None:
        """The same names are read behind the longer question, wherever their pointers led."""
        above, query = ask(name), ask(f"{below}.{name}")
        answer = denial(above, soa, *proofs)
        moved = shifted(answer, len(below) + 1)
        assert moved is not None
        self.assertEqual(authority(query, moved), authority(above, answer))
        self.assertEqual((moved.ttls, moved.rcode), (answer.ttls, answer.rcode))

    def test_otherTypes(self) -> None:
        """Records of types that may hold compressed names are not moved."""
        answer = denial(ask("foo.example.org"), "example.org. 60 IN NS foo.example.org.")
        self.assertIsNone(shifted(answer, 2))

    def test_tooFar(self) -> None:
        """Where a pointer would lead farther than its 14 bits reach, nothing is moved."""
        large = [f"{number}.example.org. 60 IN NSEC z.example.org. A" for number in range(600)]
        soa = "example.org. 60 IN SOA ns.example.org. root.example.org. 1 2 3 4 60"
        self.assertIsNone(shifted(denial(ask("foo.example.org"), *large, soa), 2))
