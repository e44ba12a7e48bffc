"""Octets of all sorts, and what dnspython makes of the same."""

from __future__ import annotations

import contextlib

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import Answer, FormatError, Hop, Query, errorResponse, render
from dotchain.wire.names import skipPlainName
from dotchain.wire.records import sightOpt, walk

from .vectors import MALFORMED, RECORD, TSIG, opt, query, record, response

quick = settings(
    max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

COOKIES = st.sampled_from([b"", b"\0\x0a\0\x18" + bytes(24)])
HOPS = st.builds(Hop, st.booleans(), st.booleans(), st.integers(0, 65535), COOKIES)
LABELS = st.binary(min_size=1, max_size=63)
QUESTIONS = st.builds(
    lambda labels, rest: b"".join(bytes([len(label)]) + label for label in labels) + b"\0" + rest,
    st.lists(LABELS, max_size=3),
    st.binary(min_size=4, max_size=4),
)
OPTS = st.builds(
    lambda options, flags, size: opt(*options, flags=flags, size=size),
    st.lists(
        st.tuples(st.sampled_from([0, 3, 8, 10, 11, 12, 15, 65001]), st.binary(max_size=20)), max_size=4
    ),
    st.integers(0, 65535),
    st.integers(0, 65535),
)
QUERIES = st.builds(
    lambda flags, question, records: query(*records, flags=flags & 0x07FF, question=question),
    st.integers(0, 65535),
    QUESTIONS,
    st.one_of(st.just(()), st.tuples(OPTS), st.tuples(OPTS, st.just(TSIG))),
)
SEEDS = [
    query(opt((12, bytes(40)), (11, b""))),
    query(opt((10, bytes(8))), TSIG),
    response(
        record(5, b"\1x\xc0\x0c"),
        record(*RECORD, owner=b"\xc0\x22"),
        authority=(record(6, b"\xc0\x0c\1y\xc0\x22" + bytes(20)), record(15, b"\0\1\1z\xc0\x22")),
        additional=(record(65280, b"\xc0\xff"), opt((15, b"\0\x16gone"))),
    ),
    response(record(*RECORD), additional=(opt(), TSIG)),
    *[wire for wire, _ in MALFORMED.values()],
]
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4)


def changed(wire: bytes, changes: list[tuple[int, int]], cut: int) -> bytes:
    """The octets with some of them set, then a few cut off the end."""
    octets = bytearray(wire)
    for at, value in changes:
        octets[at % len(octets)] = value
    return bytes(octets[: len(octets) - cut % 4])


MUTATED = st.builds(changed, st.sampled_from(SEEDS), CHANGES, st.sampled_from([0, 0, 0, 1, 2, 3]))
OCTETS = st.one_of(st.binary(max_size=200), MUTATED)


def readable(wire: bytes) -> dns.message.Message | None:
    """The octets as dnspython reads them, or None."""
    try:
        return dns.message.from_wire(wire, keyring=False)
    except dns.exception.DNSException:
        return None


class AnyOctetsTests(SynchronousTestCase):
    """Whatever comes from the network."""

    @quick
    @given(OCTETS, HOPS)
    def test_query(self, wire: bytes, hop: Hop) -> None:
        """Only FormatError leaves Query, and what is sent for it is a message with the ID."""
        try:
            found = Query(wire)
        except FormatError as error:
            if error.rcode is None:
                self.assertTrue(len(wire) < 12 or wire[2] & 0x80)
                return
            sent = errorResponse(wire, error, hop)
            message = dns.message.from_wire(sent)
            self.assertEqual((sent[:2], message.rcode()), (wire[:2], error.rcode))
            self.assertTrue(message.flags & dns.flags.QR)
            self.assertTrue(message.edns < 0 or sightOpt(wire) is not None)
        else:
            self.assertEqual(len(found.key), len(found.question) + 2)
            sent = wire[:2] + render(found, Answer.bare(2, ((22, "gone"),)), hop)
            self.check(found, sent)

    @quick
    @given(OCTETS, QUERIES, HOPS)
    def test_answer(self, wire: bytes, asked: bytes, hop: Hop) -> None:
        """Only FormatError leaves Answer.parse, and what is rendered of it can be walked again."""
        with contextlib.suppress(FormatError):
            found = Answer.parse(wire)
            assert found.ttl >= 0
            self.assertIn(found.negativeTTL is None, (True, False))
            for answer in (found, found.lasting(7), found.capped(7)):
                sent = asked[:2] + render(Query(asked), answer, hop)
                self.assertTrue(len(sent) <= 65535)
                if found.verbatim is None and not found.body:
                    self.check(Query(asked), sent)

    @quick
    @given(OCTETS, HOPS)
    def test_sameQuestion(self, wire: bytes, hop: Hop) -> None:
        """A response goes back behind its question as something that can be parsed, records as they came."""
        try:
            found = Answer.parse(wire)
        except FormatError:
            return
        assume(found.verbatim is None and wire[4:6] == b"\0\1")
        asked = Query(query(opt(), question=wire[12 : skipPlainName(wire, 12) + 4]))
        sent = asked.wire[:2] + render(asked, found, Hop(stream=True))
        again = Answer.parse(sent)
        if not found.flags & 0x0200:
            self.assertEqual((again.body, again.ttls, again.counts), (found.body, found.ttls, found.counts))
        if readable(wire) is not None:
            self.check(asked, sent)

    @quick
    @given(st.sampled_from(SEEDS[2:4]), CHANGES)
    def test_dnspythonsView(self, wire: bytes, changes: list[tuple[int, int]]) -> None:
        """Only FormatError leaves what asks dnspython."""
        with contextlib.suppress(FormatError):
            Answer.parse(changed(wire, changes, 0)).message(wire[12:22])
        with contextlib.suppress(FormatError):
            Query(changed(SEEDS[0], changes, 0)).message()

    def check(self, asked: Query, sent: bytes) -> None:
        """A response is one to this query: ID, question, OPT if and only if asked."""
        message = dns.message.from_wire(sent, keyring=False)
        self.assertEqual(sent[:2], asked.wire[:2])
        self.assertEqual(sent[12 : 12 + len(asked.question)], asked.question)
        self.assertEqual(message.edns >= 0, asked.edns is not None)
        self.assertTrue(message.flags & dns.flags.QR)
        self.assertFalse(message.flags & 0x0040)


NAMES = st.sampled_from(["ok.t.", "www.ok.t.", "x.y.z.example.", "t.", ".", "OK.T."])
RRSETS = st.lists(
    st.builds(
        lambda name, ttl, data: dns.rrset.from_text(name, ttl, "IN", *data),
        NAMES,
        st.integers(0, 2**31 - 1),
        st.sampled_from(
            [
                ("A", "192.0.2.1", "192.0.2.2"),
                ("AAAA", "2001:db8::1"),
                ("CNAME", "x.y.z.example."),
                ("NS", "ns.ok.t.", "ns.x.y.z.example."),
                ("MX", "10 mx.ok.t."),
                ("SOA", "ns.ok.t. root.www.ok.t. 1 2 3 4 5"),
                ("SRV", "0 0 53 x.ok.t."),
                ("TXT", '"text"'),
                ("HTTPS", "1 . alpn=h2"),
                ("TYPE65280", r"\# 4 c00c00ff"),
            ]
        ),
    ),
    max_size=5,
    unique_by=lambda rrset: (rrset.name, rrset.rdtype),
)


def lines(section: list[dns.rrset.RRset]) -> list[str]:
    """The records of a section as text, without order and case."""
    return sorted(line for rrset in section for line in str(rrset).lower().splitlines())


class DifferentialTests(SynchronousTestCase):
    """Messages of dnspython's making."""

    @quick
    @given(RRSETS, RRSETS, RRSETS, st.sampled_from([None, 0, 0x8000]), st.integers(0, 40))
    def test_walk(
        self,
        answers: list[dns.rrset.RRset],
        authority: list[dns.rrset.RRset],
        additional: list[dns.rrset.RRset],
        flags: int | None,
        padding: int,
    ) -> None:
        """The walk finds each TTL and the OPT, no more and no less."""
        message = dns.message.make_response(dns.message.make_query("ok.t.", "ANY", id=1))
        message.answer, message.authority, message.additional = answers, authority, additional
        if flags is not None:
            message.use_edns(
                0, flags, 1400, options=[dns.edns.GenericOption(dns.edns.OptionType(65001), bytes(padding))]
            )
        wire = message.to_wire()
        found = walk(wire, 12 + 10)
        ttls = [rrset.ttl for rrset in (*answers, *authority, *additional) for _ in rrset]
        self.assertEqual([int.from_bytes(wire[22:][at : at + 4], "big") for at in found.ttls], ttls)
        self.assertEqual(found.opt is not None, flags is not None)
        if found.opt:
            self.assertEqual(
                wire[slice(*found.opt)], opt((65001, bytes(padding)), size=1400, flags=flags or 0)
            )
        self.assertEqual(Answer.parse(wire).ttl, min(ttls, default=0))

    @quick
    @given(RRSETS, RRSETS, RRSETS, st.integers(0, 1000))
    def test_lasting(
        self,
        answers: list[dns.rrset.RRset],
        authority: list[dns.rrset.RRset],
        additional: list[dns.rrset.RRset],
        seconds: int,
    ) -> None:
        """What the client gets of an answer that lasts so long is the same message with that TTL."""
        message = dns.message.make_response(dns.message.make_query("ok.t.", "ANY", id=1, use_edns=0))
        message.answer, message.authority, message.additional = answers, authority, additional
        asked = Query(dns.message.make_query("oK.t.", "ANY", id=7, use_edns=0).to_wire())
        sent = b"\0\7" + render(asked, Answer.parse(message.to_wire()).lasting(seconds), Hop(stream=True))
        again = dns.message.from_wire(sent)
        self.assertEqual((again.id, again.edns), (7, 0))
        for rrset in (*answers, *authority, *additional):
            rrset.ttl = seconds
        for one, other in zip(again.sections[1:], message.sections[1:], strict=True):
            self.assertEqual(lines(one), lines(other))

    @quick
    @given(RRSETS, RRSETS, st.integers(0, 2**31 - 1))
    def test_times(self, answers: list[dns.rrset.RRset], authority: list[dns.rrset.RRset], most: int) -> None:
        """What a negative answer may last is what its SOA says; no record of a capped one lasts longer."""
        message = dns.message.make_response(dns.message.make_query("ok.t.", "ANY", id=1))
        message.answer, message.authority = answers, authority
        found = Answer.parse(message.to_wire())
        soas = [rrset for rrset in authority if rrset.rdtype == dns.rdatatype.SOA]
        wanted = min(soas[0].ttl, soas[0][0].minimum) if soas else None
        self.assertEqual(found.negativeTTL, wanted)
        capped = found.capped(most)
        read = [int.from_bytes(found.body[at : at + 4], "big") for at in found.ttls]
        self.assertEqual(
            [int.from_bytes(capped.body[at : at + 4], "big") for at in capped.ttls],
            [min(each, most) for each in read],
        )
        self.assertEqual(found.ttl, min(read, default=0))
