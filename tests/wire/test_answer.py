"""Answers: a response taken apart, its TTLs, its errors."""

from __future__ import annotations

from struct import pack

from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import Answer, FormatError

from .test_records import SOA_DATA
from .vectors import MALFORMED, QUESTION, RECORD, SIG0, TSIG, header, opt, record, response


def ede(code: int, text: bytes = b"") -> tuple[int, bytes]:
    """An extended DNS error as an option."""
    return 15, pack("!H", code) + text


class ParseTests(SynchronousTestCase):
    """L{Answer.parse}."""

    def test_parts(self) -> None:
        """Flags, RCODE, counts and records are what came; the OPT is not among them."""
        authority, additional = record(2, b"\2ns\xc0\x0c"), record(28, bytes(16))
        found = Answer.parse(
            response(record(*RECORD), authority=(authority,), additional=(additional, opt()), flags=0x85A3)
        )
        self.assertEqual((found.flags, found.rcode), (0x04A0, 3))
        self.assertEqual(found.counts, bytes([0, 1, 0, 1, 0, 1]))
        self.assertEqual(found.body, record(*RECORD) + authority + additional)
        self.assertEqual(len(found.ttls), 3)
        self.assertEqual((found.errors, found.verbatim), ((), None))

    def test_otherFlags(self) -> None:
        """QR, RD, CD and Z belong to the hop and are not kept."""
        self.assertEqual(Answer.parse(response(flags=0x8150)).flags, 0)
        self.assertEqual(Answer.parse(response(flags=0x86A0)).flags, 0x06A0)

    def test_authenticErrors(self) -> None:
        """AD of an error, which some servers copy from the query, is not kept (RFC 4035 section 3.2.3)."""
        for rcode, kept in ((0, 0xA0), (3, 0xA0), (1, 0x80), (2, 0x80), (5, 0x80)):
            for more in ((), (opt(),)):
                self.assertEqual(Answer.parse(response(additional=more, flags=0x81A0 | rcode)).flags, kept)

    def test_extendedRcode(self) -> None:
        """The RCODE has twelve bits, eight of them in the OPT (RFC 6891 section 6.1.3)."""
        for rcode in (0, 3, 16, 23, 4095):
            wire = response(additional=(opt(extended=rcode >> 4),), flags=0x8180 | rcode & 15)
            self.assertEqual(Answer.parse(wire).rcode, rcode)

    def test_unknownRdata(self) -> None:
        """RDATA of any type stays octet for octet (RFC 3597 section 3)."""
        records = (
            record(65280, b"\xc0\x0c\0\xff"),
            record(65280, b""),
            record(33, b"\0\1\0\2\0\3\3SrV\1T\0"),
            record(65, b"\0\1\0\0\1\0\3\2h2"),
            record(39, b"\xc0\x0c"),
        )
        self.assertEqual(Answer.parse(response(*records, additional=(opt(),))).body, b"".join(records))

    def test_optBeforeOthers(self) -> None:
        """OPT may stand anywhere in the additional section (RFC 6891 section 6.1.1): the others stay."""
        more = (record(28, bytes(16), ttl=7), record(*RECORD, ttl=8), record(65280, b"\xc0\x0c", ttl=9))
        for at in range(4):
            additional = (*more[:at], opt((10, bytes(8))), *more[at:])
            found = Answer.parse(response(record(*RECORD), additional=additional))
            self.assertEqual(found.body, record(*RECORD) + b"".join(more))
            self.assertEqual(found.counts, bytes([0, 1, 0, 0, 0, 3]))
            ttls = [int.from_bytes(found.body[at : at + 4], "big") for at in found.ttls]
            self.assertEqual(ttls, [300, 7, 8, 9])

    def test_acrossOpt(self) -> None:
        """Names behind an OPT lead where they led, over it and behind it (RFC 9471: glue)."""
        referral = record(2, b"\2ns\xc0\x0c")
        name = 0xC000 | 12 + len(QUESTION) + 12
        options = opt((10, bytes(8)))
        host = len(response(authority=(referral,), additional=(options,)))
        glue = (
            record(1, b"\xc0\0\2\1", owner=pack("!H", name)),
            record(1, b"\xc0\0\2\2", owner=b"\2mx" + pack("!H", name)),
            record(28, bytes(16), owner=pack("!H", 0xC000 | host + 16)),
        )
        read = Answer.parse(response(authority=(referral,), additional=(options, *glue))).message(QUESTION)
        self.assertEqual(
            [rrset.to_text() for rrset in read.additional],
            [
                "ns.ok.t. 300 IN A 192.0.2.1",
                "mx.ns.ok.t. 300 IN A 192.0.2.2",
                "mx.ns.ok.t. 300 IN AAAA ::",
            ],
        )

    def test_acrossOptInVain(self) -> None:
        """Where the records can't be laid out without the OPT, those behind it are left out."""
        broken = record(33, b"\0\1\0\2\0\3\xc0")
        found = Answer.parse(response(record(*RECORD), additional=(opt(), broken, record(*RECORD))))
        self.assertEqual(
            (found.body, found.counts, len(found.ttls)), (record(*RECORD), bytes([0, 1] + [0] * 4), 1)
        )

    def test_namesInTheTail(self) -> None:
        """A name that goes on in octets behind the last record is cut off with them (RFC 9267 section 2)."""
        label = 12 + len(QUESTION) + 9
        owner = (0xC000 | label).to_bytes(2, "big")
        wire = response(record(*RECORD), record(*RECORD, owner=owner))
        self.assertEqual(wire[label], 44)
        for behind in (b"", bytes(100)):
            self.assertRaises(FormatError, Answer.parse, wire + behind)

    def test_trailing(self) -> None:
        """Octets behind the last record are left out, an OPT that is not counted among them."""
        for wire in (
            response(record(*RECORD)),
            response(record(*RECORD), additional=(opt(ede(3)),)),
            response(record(*RECORD), additional=(opt(), record(*RECORD))),
            response(record(*RECORD), additional=(opt(), TSIG)),
            header(0x8185, 0),
        ):
            whole = Answer.parse(wire)
            for behind in (b"\0", bytes(500), opt(ede(22)), record(*RECORD)):
                found = Answer.parse(wire + behind)
                for each in ("flags", "rcode", "counts", "body", "ttls", "errors", "verbatim"):
                    self.assertEqual(getattr(found, each), getattr(whole, each), each)

    def test_noQuestion(self) -> None:
        """A response without question tells its RCODE; records that it may have don't count."""
        for records in ((), (opt(extended=1),), (opt(extended=1), record(*RECORD, owner=b"\0"))):
            found = Answer.parse(header(0x8181, 0, 0, 0, len(records)) + b"".join(records))
            self.assertEqual((found.rcode, found.counts, found.body), (17 if records else 1, bytes(6), b""))
            self.assertEqual(found.ttls, ())

    def test_noQuestionButRecords(self) -> None:
        """Answers to no question are malformed."""
        for counts in ((0, 1), (0, 0, 1)):
            self.assertRaises(
                FormatError, Answer.parse, header(0x8180, *counts) + record(*RECORD, owner=b"\0")
            )

    def test_vectors(self) -> None:
        """What is malformed in a query is malformed in a response (RFC 1035 section 7.3)."""
        fine = {"V7, QDCOUNT 0 with a cookie", "V10, EDNS version 1", "V11, a response", "V12, opcode 15"}
        fine.add("V15, a DSO request")
        for name, (wire, _) in MALFORMED.items():
            wire = wire[:2] + bytes([wire[2] | 0x80]) + wire[3:]
            if name in fine:
                Answer.parse(wire)
            else:
                self.assertRaises(FormatError, Answer.parse, wire)

    def test_questions(self) -> None:
        """More than one question is malformed, and so is half of one."""
        self.assertRaises(FormatError, Answer.parse, header(0x8180, 2) + QUESTION * 2)
        for end in range(len(QUESTION)):
            self.assertRaises(FormatError, Answer.parse, header(0x8180) + QUESTION[:end])

    def test_short(self) -> None:
        """So is less than a header."""
        for end in range(12):
            self.assertRaises(FormatError, Answer.parse, response()[:end])

    def test_signed(self) -> None:
        """A signed response is kept whole (RFC 8945 section 5.5)."""
        for signature in (TSIG, SIG0):
            wire = response(record(*RECORD), additional=(opt(), signature), flags=0x8583)
            found = Answer.parse(wire)
            self.assertEqual(found.verbatim, wire)
            self.assertEqual((found.rcode, found.flags, found.ttls), (3, 0x0480, ()))


class ErrorTests(SynchronousTestCase):
    """Extended DNS errors (RFC 8914)."""

    def errors(self, *options: tuple[int, bytes]) -> tuple[tuple[int, str], ...]:
        """What is read of these options."""
        return Answer.parse(response(additional=(opt(*options),))).errors

    def test_read(self) -> None:
        """Each error is read, other options between them or not."""
        self.assertEqual(self.errors(ede(22, b"gone"), (12, b"\0"), ede(3)), ((22, "gone"), (3, "")))

    def test_zeros(self) -> None:
        """EXTRA-TEXT may end in a zero, which is not part of it (RFC 8914 section 2)."""
        self.assertEqual(self.errors(ede(1, b"text\0")), ((1, "text"),))

    def test_notUTF8(self) -> None:
        """EXTRA-TEXT that is no UTF-8 is no reason to fail."""
        self.assertEqual(self.errors(ede(1, b"a\xff")), ((1, "a\ufffd"),))

    def test_short(self) -> None:
        """Options too short for a code are ignored."""
        self.assertEqual(self.errors((15, b""), (15, b"\1"), ede(4)), ((4, ""),))


class TTLTests(SynchronousTestCase):
    """What is done with TTLs."""

    def answer(self, *ttls: int) -> Answer:
        """An answer of records with these TTLs, parsed of a response with an OPT."""
        return Answer.parse(
            response(*[record(*RECORD, ttl=ttl) for ttl in ttls], additional=(opt(flags=0x8000),))
        )

    def ttls(self, answer: Answer) -> list[int]:
        """The TTLs as they stand in the body."""
        return [int.from_bytes(answer.body[at : at + 4], "big") for at in answer.ttls]

    def test_least(self) -> None:
        """The least TTL counts; without records it is 0."""
        self.assertEqual(self.answer(300, 20, 0xFFFFFFFF).ttl, 20)
        self.assertEqual(self.answer().ttl, 0)

    def test_capped(self) -> None:
        """TTLs above the cap come down to it."""
        self.assertEqual(self.ttls(self.answer(300, 20, 0xFFFFFFFF).capped(100)), [100, 20, 100])

    def test_lasting(self) -> None:
        """Every TTL becomes the same, be it more or less than before."""
        self.assertEqual(self.ttls(self.answer(300, 20, 0).lasting(30)), [30, 30, 30])

    def test_nothingElse(self) -> None:
        """All touch TTLs and nothing else, and leave the answer that they start from as it is."""
        first = self.answer(300, 20)
        body = first.body
        for changed in (first.capped(7), first.lasting(7)):
            octets = bytearray(changed.body)
            for at in changed.ttls:
                octets[at : at + 4] = body[at : at + 4]
            self.assertEqual(octets, body)
            self.assertEqual(
                (changed.counts, changed.rcode, changed.ttls), (first.counts, first.rcode, first.ttls)
            )
        self.assertEqual(first.body, body)

    def test_verbatim(self) -> None:
        """A signed response keeps its TTLs."""
        wire = response(record(*RECORD), additional=(TSIG,))
        self.assertEqual(Answer.parse(wire).lasting(10).capped(1).verbatim, wire)

    def test_negative(self) -> None:
        """NXDOMAIN and empty answer sections are negative, with the SOA's time (RFC 2308)."""
        soa = record(6, SOA_DATA)
        for wire, negative, ttl in (
            (response(authority=(soa,)), True, 60),
            (response(authority=(soa,), flags=0x8183), True, 60),
            (response(record(5, b"\1x\0"), authority=(soa,), flags=0x8183), True, 60),
            (response(record(*RECORD)), False, None),
            (response(), True, None),
        ):
            found = Answer.parse(wire)
            self.assertEqual((found.negative, found.negativeTTL), (negative, ttl))

    def test_having(self) -> None:
        """What is given changes; what is not stays."""
        first = Answer.parse(response(record(*RECORD), additional=(opt(ede(3)),)))
        changed = first.having(rcode=2, errors=())
        self.assertEqual((changed.rcode, changed.errors, changed.body), (2, (), first.body))
        self.assertEqual((first.rcode, first.errors), (0, ((3, ""),)))
        self.assertEqual(first.having(flags=0).flags, 0)


class SubnetTests(SynchronousTestCase):
    """The network that an answer is for (RFC 7871)."""

    def test_subnet(self) -> None:
        """It is told as it came, of this hop alone."""
        data = b"\0\1\x18\x10\xc0\0\2"
        found = Answer.parse(response(record(*RECORD), additional=(opt((8, data)),)))
        self.assertEqual((found.subnet, found.having().subnet, found.lasting(5).subnet), (data, None, None))
        self.assertIsNone(Answer.parse(response(record(*RECORD), additional=(opt(ede(3)),))).subnet)


class MessageTests(SynchronousTestCase):
    """L{Answer.message}."""

    def test_message(self) -> None:
        """Records that point to the question are read with it."""
        found = Answer.parse(response(record(*RECORD), additional=(opt(),)))
        made = found.message(QUESTION)
        self.assertEqual([str(rrset) for rrset in made.answer], ["ok.t. 300 IN A 192.0.2.1"])

    def test_rcode(self) -> None:
        """All twelve bits of the RCODE arrive."""
        for rcode in (3, 23):
            self.assertEqual(Answer(0, rcode).message(QUESTION).rcode(), rcode)

    def test_signed(self) -> None:
        """A signed response is read as it came; the signature is not looked at."""
        found = Answer.parse(response(record(*RECORD), additional=(TSIG,)))
        self.assertEqual(len(found.message(QUESTION).answer), 1)

    def test_refused(self) -> None:
        """RDATA that dnspython can't read is a FormatError."""
        found = Answer.parse(response(record(1, b"\1")))
        self.assertRaises(FormatError, found.message, QUESTION)
