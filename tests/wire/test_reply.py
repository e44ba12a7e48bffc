"""Responses as each client gets them."""

from __future__ import annotations

from struct import unpack

from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import Answer, FormatError, Hop, Query, edns, errorResponse, render
from dotchain.wire.records import walk

from .test_answer import ede
from .vectors import MALFORMED, QUESTION, RECORD, SIG0, TSIG, WITH_OPT, header, opt, query, record, response

END = 12 + len(QUESTION)
UDP, TCP, TLS = Hop(), Hop(stream=True, idle=100), Hop(stream=True, pads=True, idle=100)
PADDING, KEEPALIVE = (12, b""), (11, b"")


def filled(octets: int) -> Answer:
    """An answer whose response without OPT is this long."""
    return Answer.parse(response(record(65280, bytes(octets - END - 12))))


class Reply:
    """
    A response taken apart.

    @ivar edns: its OPT record, or None.
    """

    def __init__(self, wire: bytes) -> None:
        self.wire = wire
        self.flags: int
        _, self.flags, *counts = unpack("!6H", wire[:12])
        self.counts = tuple(counts)
        self.question = wire[12:END] if counts[0] else b""
        found = walk(wire, 12 + len(self.question))
        self.edns = edns.parse(wire[slice(*found.opt)]) if found.opt else None

    @property
    def rcode(self) -> int:
        """All twelve bits of the RCODE."""
        upper: int = self.edns.extended if self.edns else 0
        return self.flags & 15 | upper << 4

    @property
    def options(self) -> list[tuple[int, bytes]]:
        """The options of the OPT record."""
        return list(edns.eachOption(self.edns.options)) if self.edns else []

    @property
    def truncated(self) -> bool:
        """TC."""
        return bool(self.flags & 0x0200)


def reply(wire: bytes, answer: Answer, hop: Hop = UDP) -> Reply:
    """What the client of a query gets."""
    return Reply(wire[:2] + render(Query(wire), answer, hop))


class HeaderTests(SynchronousTestCase):
    """Header and question."""

    def test_echo(self) -> None:
        """QR is set, RD and CD are the client's, Z is 0 (RFC 1035 section 4.1.1, RFC 4035 section 3.2.2)."""
        for flags in (0, 0x0100, 0x0010, 0x0110, 0x0150, 0x07FF):
            for records in ((), (opt(),)):
                found = reply(query(*records, flags=flags), Answer.bare(2))
                self.assertEqual(found.flags, 0x8080 | flags & 0x0110 | 2)

    def test_question(self) -> None:
        """The question is the client's, bit for bit, in every sort of response."""
        question = b"\2oK\1T\0\0\1\0\1"
        for answer in (filled(100), filled(5000), Answer.bare(2)):
            for records in ((), (opt(),)):
                self.assertEqual(reply(query(*records, question=question), answer).question, question)

    def test_records(self) -> None:
        """Records stay octet for octet, unknown types among them (RFC 3597 section 3)."""
        records = record(65280, b"\xc0\x0c\0\xff") + record(65280, b"") + record(33, b"\0\1\0\2\0\3\1S\0")
        answer = Answer.parse(response(records[:16], records[16:28], records[28:], additional=(opt(),)))
        for wire, hop in ((query(), UDP), (query(opt()), UDP), (query(), TLS), (query(opt(PADDING)), TLS)):
            self.assertEqual(reply(wire, answer, hop).wire[END:].partition(records)[:2], (b"", records))

    def test_ad(self) -> None:
        """AD goes to those who set AD or DO, and to no one else (RFC 6840 section 5.8)."""
        answer = Answer(0x00A0, 0)
        for wire, ad in (
            (query(), False),
            (query(opt()), False),
            (query(flags=0x0120), True),
            (query(opt(), flags=0x0120), True),
            (query(opt(flags=0x8000)), True),
        ):
            self.assertEqual(bool(reply(wire, answer).flags & 0x0020), ad)
            self.assertFalse(reply(wire, Answer.bare(0)).flags & 0x0020)

    def test_aaAndRa(self) -> None:
        """AA and RA are the upstream's."""
        for flags in (0, 0x0400, 0x0080):
            self.assertEqual(reply(query(), Answer(flags, 0)).flags, 0x8100 | flags)


class OptTests(SynchronousTestCase):
    """The OPT record of the client's hop."""

    ANSWERS = (
        Answer.bare(0),
        Answer.bare(5, ((18, "no"),)),
        Answer.bare(16),
        filled(100),
        filled(5000),
        Answer.parse(response(record(*RECORD), additional=(opt((3, b"nsid"), size=65535, flags=0xFFFF),))),
    )

    def test_asked(self) -> None:
        """An OPT of ours answers an OPT: our size, version 0, the client's DO (RFC 6891 section 6.1.1)."""
        for answer in self.ANSWERS:
            for hop in (UDP, TCP, TLS):
                for flags in (0, 0x8000, 0x7FFF):
                    found = reply(query(opt((65001, b"x"), flags=flags)), answer, hop)
                    assert found.edns is not None
                    self.assertEqual((found.edns.size, found.edns.version), (1232, 0))
                    self.assertEqual(found.edns.do, flags == 0x8000)
                    self.assertFalse(found.edns.codes & {3, 65001})

    def test_notAsked(self) -> None:
        """No OPT answers a query without one, whatever the upstream sent."""
        for answer in self.ANSWERS:
            for hop in (UDP, TCP, TLS):
                self.assertIsNone(reply(query(), answer, hop).edns)

    def test_extendedRcode(self) -> None:
        """RCODEs above 15 go whole or, without OPT, as SERVFAIL; those below stay."""
        for rcode in (0, 2, 3, 5, 11, 16, 23, 4095):
            answer = Answer(0, rcode)
            self.assertEqual(reply(query(opt()), answer).rcode, rcode)
            self.assertEqual(reply(query(), answer).rcode, rcode if rcode < 16 else 2)

    def test_errors(self) -> None:
        """Extended errors go to those who sent an OPT (RFC 8914 section 3)."""
        answer = Answer.parse(response(additional=(opt(ede(22, b"gone"), ede(3)),)))
        self.assertEqual(reply(query(opt()), answer).options, [ede(22, b"gone"), ede(3)])
        self.assertEqual(reply(query(), answer).options, [])

    def test_keepalive(self) -> None:
        """edns-tcp-keepalive goes out on streams, to those who sent it (RFC 7828 section 3)."""
        for hop, wire, options in (
            (TCP, query(opt(KEEPALIVE)), [(11, b"\0\x64")]),
            (TLS, query(opt(KEEPALIVE)), [(11, b"\0\x64")]),
            (TCP, query(opt()), []),
            (TCP, query(), []),
            (UDP, query(opt(KEEPALIVE)), []),
            (Hop(idle=100), query(opt((11, b"\0\x64"))), []),
            (Hop(stream=True), query(opt(KEEPALIVE)), []),
            (Hop(stream=True, idle=0), query(opt(KEEPALIVE)), [(11, b"\0\0")]),
        ):
            self.assertEqual(reply(wire, Answer.bare(0), hop).options, options)


class SignedTests(SynchronousTestCase):
    """Responses that are signed (RFC 8945 section 5.5)."""

    def test_unchanged(self) -> None:
        """Nothing but the ID changes: no OPT, TTL, padding, flag or question."""
        for signature in (TSIG, SIG0):
            wire = response(record(*RECORD), additional=(opt((3, b"x"), size=4096), signature), flags=0x87F0)
            answer = Answer.parse(wire)
            for asked, hop in ((query(signature), UDP), (query(opt(PADDING), signature), TLS)):
                self.assertEqual(render(Query(asked), answer, hop), wire[2:])

    def test_tooLarge(self) -> None:
        """What does not fit goes as a truncated response, with an OPT if asked."""
        answer = Answer.parse(response(record(65280, bytes(600)), additional=(TSIG,), flags=0x8183))
        for records in ((TSIG,), (opt(size=512), TSIG)):
            found = reply(query(*records), answer)
            self.assertEqual((found.truncated, found.rcode, found.counts[:3]), (True, 3, (1, 0, 0)))
            self.assertEqual(found.edns is not None, len(records) == 2)
        self.assertFalse(reply(query(TSIG), answer, TCP).truncated)


class ErrorResponseTests(SynchronousTestCase):
    """L{errorResponse}."""

    def reply(self, wire: bytes, hop: Hop = UDP) -> Reply:
        """The response to octets that are no query."""
        error = self.assertRaises(FormatError, Query, wire)
        return Reply(errorResponse(wire, error, hop))

    def test_vectors(self) -> None:
        """Each malformed vector that is answered gets ID, RCODE, and an OPT if it has one."""
        for name, (wire, rcode) in MALFORMED.items():
            if rcode is not None:
                found = self.reply(wire)
                self.assertEqual((found.wire[:2], found.rcode), (wire[:2], rcode), name)
                self.assertEqual(found.edns is not None, name in WITH_OPT, name)
                self.assertEqual(
                    (found.flags & 0xFE70, found.counts[1:3]), (0x8000 | wire[2] << 8 & 0x7800, (0, 0))
                )

    def test_question(self) -> None:
        """The question is given back where there is one whole question (RFC 6891 section 7)."""
        question = b"\2oK\1T\0\0\1\0\1"
        for wire in (query(opt(version=1), question=question), query(opt(), opt(), question=question)):
            self.assertEqual(self.reply(wire).question, question)
        for wire in (header() + QUESTION[:-1], header(0x0100, 2) + QUESTION * 2, header(0x1000) + QUESTION):
            self.assertEqual(self.reply(wire).counts[0], 0)

    def test_flags(self) -> None:
        """Opcode, RD and CD are copied, RA is set, Z and the rest are not."""
        self.assertEqual(self.reply(header(0x0170) + b"\x80").flags, 0x8191)
        self.assertEqual(self.reply(header(0x2FFF)).flags, 0x8000 | 0x2800 | 0x0190 | 4)

    def test_badVersion(self) -> None:
        """BADVERS comes with version 0 and the client's DO (RFC 6891 section 6.1.3)."""
        found = self.reply(query(opt(version=1, flags=0x8000)))
        assert found.edns is not None
        self.assertEqual((found.rcode, found.edns.version, found.edns.do), (16, 0, True))

    def test_padded(self) -> None:
        """It is padded where others are (RFC 8467 section 4.1)."""
        for wire in (query(opt(PADDING, version=1)), query(opt(PADDING), opt())):
            self.assertEqual(len(self.reply(wire, TLS).wire), 468)
            self.assertEqual(self.reply(wire, TCP).options, [])
        self.assertEqual(self.reply(query(opt(version=1)), TLS).options, [])

    def test_noLarger(self) -> None:
        """Unpadded, it is no larger than what it answers and an OPT."""
        for wire, rcode in MALFORMED.values():
            if rcode is not None:
                self.assertTrue(len(self.reply(wire).wire) <= len(wire) + 11)


class ToldTests(SynchronousTestCase):
    """Options that a stage has for the client."""

    def test_told(self) -> None:
        """They come with the others, for who has sent an OPT record."""
        answer = Answer.parse(response(record(*RECORD)))
        answer.told = edns.option(8, b"\0\1\0\0")
        self.assertEqual(reply(query(opt()), answer).options, [(8, b"\0\1\0\0")])
        self.assertIsNone(reply(query(), answer).edns)

    def test_noRoom(self) -> None:
        """Where there is no room for them they go, and the records stay."""
        answer = filled(500)
        answer.told = edns.option(8, b"\0\1\0\0")
        found = reply(query(opt(size=512)), answer)
        self.assertEqual((found.truncated, found.options), (False, []))
