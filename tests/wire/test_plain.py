"""Records with their names written out, and laid out again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.testing import makeAnswer, makeQuery, recordsOf
from dotchain.wire import Answer
from dotchain.wire.codes import AD, HTTPS, MX, NXDOMAIN, RA, SOA
from dotchain.wire.errors import FormatError
from dotchain.wire.plain import ADDITIONAL, ANSWER, AUTHORITY, PlainRecord, laid, plain

from . import vectors

ASKED = makeQuery("www.example.org.")
SECTIONS = (
    ["www.example.org. 300 IN CNAME mail.example.org.", "mail.example.org. 60 IN MX 10 a.example.org."],
    ["example.org. 60 IN SOA ns.example.org. host.example.org. 1 2 3 4 5"],
    ["a.example.org. 30 IN A 192.0.2.1", 'a.example.org. 30 IN HTTPS 1 b.example.org. alpn="h2"'],
)
SAID = makeAnswer(ASKED, *SECTIONS[0], authority=SECTIONS[1], additional=SECTIONS[2])


class PlainTests(SynchronousTestCase):
    """Out of an answer and back."""

    def test_names(self) -> None:
        """Owners and names in RDATA are whole, with what stands before and behind them."""
        records = plain(SAID, ASKED.question)
        self.assertEqual(
            [each.section for each in records], [ANSWER, ANSWER, AUTHORITY, ADDITIONAL, ADDITIONAL]
        )
        mx, soa, https = (next(each for each in records if each.kind == kind) for kind in (MX, SOA, HTTPS))
        self.assertEqual((mx.owner, mx.ttl), (b"\4mail\7example\3org\0", 60))
        self.assertEqual((mx.before, mx.names, mx.behind), (b"\0\x0a", [b"\1a\7example\3org\0"], b""))
        self.assertEqual((len(soa.names), soa.behind[-4:]), (2, b"\0\0\0\5"))
        self.assertEqual((https.before, https.names), (b"\0\1", [b"\1b\7example\3org\0"]))
        self.assertEqual(https.data, b"\0\1\1b\7example\3org\0" + https.behind)

    def test_back(self) -> None:
        """Laid out again it says the same, in no more octets; an owner that was asked for is a pointer."""
        answer = laid(plain(SAID, ASKED.question), ASKED.question, AD, NXDOMAIN, ((3, ""),))
        self.assertEqual(recordsOf(ASKED, answer), recordsOf(ASKED, SAID))
        self.assertLessEqual(len(answer.body), len(SAID.body))
        self.assertEqual((answer.flags, answer.rcode, answer.errors), (AD, NXDOMAIN, ((3, ""),)))
        self.assertEqual((answer.body[:2], answer.ttl), (b"\xc0\x0c", 30))

    def test_elsewhere(self) -> None:
        """Behind another question, all pointers lead to where they should."""
        other = makeQuery("a.very.long.name.example.net.")
        answer = laid(plain(SAID, ASKED.question), other.question, RA)
        self.assertEqual([sorted(each) for each in SECTIONS], recordsOf(other, answer))

    def test_tooMuch(self) -> None:
        """What has no room in a message, and a name that is too long."""
        big = PlainRecord(ANSWER, b"\0", 16, 1, 1, bytes(60000), [], b"")
        self.assertRaises(FormatError, laid, [big, big], ASKED.question, RA)
        long = PlainRecord(ANSWER, (b"\x3f" + bytes(63)) * 4 + b"\0", 1, 1, 1, bytes(4), [], b"")
        self.assertRaises(FormatError, laid, [long], ASKED.question, RA)

    def test_malformed(self) -> None:
        """RDATA of another length than what is in it, or cut off within a name."""
        for kind, data in (
            (33, b"\0\0\0"),
            (39, b"\x3f"),
            (35, b"\0\0\0\0\xff"),
            (65, b"\0\1\xc0\xff"),
            (64, b"\0"),
        ):
            answer = Answer.parse(vectors.response(vectors.record(kind, data)))
            self.assertRaises(FormatError, plain, answer, vectors.QUESTION)

    @given(st.integers(0, 80), st.binary(max_size=40))
    def test_anything(self, kind: int, data: bytes) -> None:
        """No RDATA does more than be refused."""
        try:
            answer = Answer.parse(vectors.response(vectors.record(kind, data)))
            made = laid(plain(answer, vectors.QUESTION), vectors.QUESTION, RA)
        except FormatError:
            return
        self.assertEqual(made.counts, answer.counts)
