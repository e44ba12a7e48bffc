"""Records laid out anew, and what dnspython reads there."""

from __future__ import annotations

from struct import pack

import dns.message
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire.compress import behind, compressed
from dotchain.wire.records import walk

from .test_fuzz import MUTATED, quick
from .vectors import QUESTION, RECORD, opt, record, response

END = 12 + len(QUESTION)

NAMES = st.lists(st.sampled_from(["a", "B", "ok", "x" * 30]), max_size=4).map(
    lambda labels: ".".join([*labels, "t."])
)
DATA = st.one_of(
    st.just("A 192.0.2.1"),
    NAMES.map("NS {}".format),
    NAMES.map("CNAME {}".format),
    NAMES.map("PTR {}".format),
    NAMES.map("MX 5 {}".format),
    st.builds("SOA {} {} 1 2 3 4 5".format, NAMES, NAMES),
    NAMES.map("SRV 1 2 3 {}".format),
    NAMES.map('NAPTR 1 2 "s" "SIP" "" {}'.format),
    st.builds("RP {} {}".format, NAMES, NAMES),
    NAMES.map("DNAME {}".format),
    NAMES.map("SVCB 1 {} alpn=h2".format),
    NAMES.map("NSEC {} A RRSIG".format),
    st.just("TYPE65280 \\# 2 c00c"),
)


def relaid(wire: bytes, most: int = 65535) -> bytes:
    """The whole message with its records laid out anew."""
    total = sum(wire[7:12:2])
    made = compressed(wire, END, total, most)
    assert made is not None
    return wire[:END] + made


class CompressTests(SynchronousTestCase):
    """L{compressed}."""

    @quick
    @given(st.lists(st.tuples(NAMES, DATA), max_size=8))
    def test_sameRecords(self, lines: list[tuple[str, str]]) -> None:
        """The same records are read in their own case, however they were written, in no more octets."""
        message = dns.message.from_wire(response())
        for owner, line in lines:
            kind, data = line.split(" ", 1)
            message.answer.append(dns.rrset.from_text(owner, 300, "IN", kind, data))
        plain = _uncompressed(message)
        for wire in (plain, relaid(plain)):
            made = relaid(wire)
            self.assertEqual(_read(made), _read(plain))
            self.assertLessEqual(len(made), len(plain))
            self.assertEqual(walk(made, END).end, len(made))
            self.assertEqual(relaid(made), made)

    def test_oldTypes(self) -> None:
        """Names in RDATA of other types than RFC 1035's are written out (RFC 3597 section 4)."""
        for kind, data in (
            (33, b"\0\1\0\2\0\3\1s\xc0\x0c"),
            (35, b"\0\1\0\2\1s\3SIP\0\1s\xc0\x0c"),
            (17, b"\1s\xc0\x0c\1t\xc0\x0c"),
            (39, b"\1s\xc0\x0c"),
        ):
            made = relaid(response(record(*RECORD), record(kind, data), record(*RECORD)))
            self.assertTrue(made.startswith(response(record(*RECORD))[12:], 12))
            self.assertIn(data.replace(b"\xc0\x0c", QUESTION[:-4]), made)
            self.assertEqual(len(dns.message.from_wire(made, one_rr_per_rrset=True).answer), 3)

    def test_othersStay(self) -> None:
        """RDATA of types that nobody knows is not looked into."""
        odd = record(65280, b"\xc0\xff\xff"), record(65, b"\0\1\xc0\x0c"), record(5, b""), record(33, b"")
        self.assertEqual(relaid(response(*odd)), response(*odd))

    def test_case(self) -> None:
        """Names keep their case (RFC 4343 section 4): what differs in it is another name to compression."""
        wire = response(*[record(*RECORD, owner=b"\2oK\1t\0")] * 2)
        first = record(*RECORD, owner=b"\2oK\xc0\x0f")
        self.assertEqual(relaid(wire), response(first, record(*RECORD, owner=pack("!H", 0xC000 | END))))

    def test_without(self) -> None:
        """One record may be left out."""
        wire = response(additional=(record(*RECORD), opt(), record(*RECORD, owner=b"\1x\2ok\1t\0")))
        found = walk(wire, END)
        made = compressed(wire, END, 3, 500, found.opt)
        self.assertEqual(made, record(*RECORD) + record(*RECORD, owner=b"\1x\xc0\x0c"))

    @quick
    @given(st.lists(st.tuples(NAMES, DATA), max_size=8))
    def test_behind(self, lines: list[tuple[str, str]]) -> None:
        """The same records are read behind another question and a record of its own."""
        message = dns.message.from_wire(response())
        for owner, line in lines:
            kind, data = line.split(" ", 1)
            message.answer.append(dns.rrset.from_text(owner, 300, "IN", kind, data))
        wire = message.to_wire()
        total = sum(wire[7:12:2])
        alias = dns.message.make_response(dns.message.make_query("alias.test.", "A"))
        alias.answer.append(dns.rrset.from_text("alias.test.", 60, "IN", "CNAME", "a.t."))
        head = alias.to_wire()
        body = behind(head, wire, END, total)
        assert body is not None
        counted = head[:6] + pack("!HHH", total + 1, 0, 0) + head[12:]
        read = dns.message.from_wire(counted + body, one_rr_per_rrset=True)
        wanted = dns.message.from_wire(wire, one_rr_per_rrset=True)
        self.assertEqual(
            [each.to_text() for each in read.answer[1:]],
            [each.to_text() for each in [*wanted.answer, *wanted.authority, *wanted.additional]],
        )

    def test_behindMalformed(self) -> None:
        """What is no name of its type can't be laid out."""
        broken = record(2, b"\xc0\xff")
        self.assertIsNone(behind(response(), response(broken), END, 1))

    def test_tooMany(self) -> None:
        """What takes more octets than it may comes to nothing, and before the end."""
        wire = response(*[record(*RECORD)] * 100)
        self.assertEqual(compressed(wire, END, 100, 1600), wire[END:])
        self.assertIsNone(compressed(wire, END, 100, 1599))
        self.assertIsNone(compressed(wire[:-1000], END, 100, 500))

    def test_farAway(self) -> None:
        """Pointers lead to the first 16 k of a message only (RFC 1035 section 4.1.4)."""
        large = record(16, bytes(17000))
        names = [record(*RECORD, owner=b"\1x\1y\0")] * 2
        self.assertEqual(relaid(response(large, *names)), response(large, *names))
        pointer = pack("!H", 0xC000 | END)
        self.assertTrue(relaid(response(*names, large, *names)).endswith(record(*RECORD, owner=pointer) * 2))

    def test_malformed(self) -> None:
        """RDATA that is not what its type wants, and names of hundreds of pieces, are not laid out."""
        for kind, data in ((33, b"\0"), (33, bytes(6) + b"\xc0\xff"), (33, bytes(6) + b"\1"), (17, b"\0")):
            self.assertIsNone(compressed(response(record(kind, data)), END, 1, 500))
        chain = b"".join(pack("!H", 0xC000 | at) for at in [12, *range(END + 11, END + 411, 2)])
        last = pack("!H", 0xC000 | END + 11 + len(chain) - 2)
        wire = response(record(65280, chain, owner=b"\0"), record(*RECORD, owner=last))
        walk(wire, END)
        self.assertIsNone(compressed(wire, END, 2, 5000))

    @quick
    @given(MUTATED)
    def test_anyOctets(self, wire: bytes) -> None:
        """No octets are too much for it."""
        if len(wire) > END:
            made = compressed(wire, END, sum(wire[7:12:2]), 600)
            self.assertLessEqual(len(made or b""), 600)


def _uncompressed(message: dns.message.Message) -> bytes:
    records = b"".join(
        (rrset.name.to_wire() or b"")
        + pack("!HHIH", rrset.rdtype, rrset.rdclass, rrset.ttl, len(data))
        + data
        for rrset in message.answer
        for data in [rrset[0].to_wire() or b""]
    )
    wire = message.to_wire(max_size=65535)
    return wire[:6] + pack("!HHH", len(message.answer), 0, 0) + wire[12:END] + records


def _read(wire: bytes) -> list[str]:
    found = dns.message.from_wire(wire, one_rr_per_rrset=True)
    return [rrset.to_text() for rrset in found.answer]
