"""The walk over resource records."""

from __future__ import annotations

from struct import pack
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import FormatError
from dotchain.wire.records import messageEnd, negativeTTL, sightOpt, walk

from .vectors import MALFORMED, QUESTION, RECORD, SIG0, TSIG, header, opt, query, record, response

END = 12 + len(QUESTION)
SOA_DATA = b"\xc0\x0c\xc0\x0c" + pack("!5I", 1, 2, 3, 4, 60)


class Counted(bytes):
    """
    Octets that count how often one of them is looked at.

    @ivar looks: how often.
    """

    looks = 0

    def __getitem__(self, at: Any) -> Any:
        """One octet, or some."""
        self.looks += 1
        return super().__getitem__(at)


class WalkTests(SynchronousTestCase):
    """L{walk}."""

    def refused(self, wire: bytes) -> None:
        """These octets are malformed."""
        self.assertRaises(FormatError, walk, wire, END)

    def test_ttls(self) -> None:
        """The offset of each TTL is found, in every section, whatever the owner."""
        wire = response(
            record(*RECORD, ttl=0x11111111),
            record(65280, b"\xc0\x0c\0\xff", owner=b"\1x\xc0\x0c", ttl=0x22222222),
            authority=(record(6, SOA_DATA, owner=b"\1y\0", ttl=0x33333333),),
            additional=(record(28, bytes(16), ttl=0x44444444),),
        )
        found = walk(wire, END)
        self.assertEqual(
            [wire[END:][at : at + 4].hex() for at in found.ttls],
            ["11111111", "22222222", "33333333", "44444444"],
        )
        self.assertEqual((found.opt, found.signed), (None, False))

    def test_opt(self) -> None:
        """OPT is found; its TTL field is none (RFC 6891 section 6.1.3)."""
        options = opt((12, bytes(9)), flags=0x8000)
        wire = response(record(*RECORD), additional=(options, record(*RECORD)))
        found = walk(wire, END)
        assert found.opt
        self.assertEqual(wire[slice(*found.opt)], options)
        self.assertEqual(len(found.ttls), 2)

    def test_twoOpts(self) -> None:
        """More than one OPT is malformed (RFC 6891 section 6.1.1)."""
        self.refused(query(opt(), opt()))
        self.refused(query(opt(), opt(size=4096), TSIG))

    def test_optOfAnotherOwner(self) -> None:
        """OPT belongs to the root (RFC 6891 section 6.1.2)."""
        self.refused(query(opt(owner=b"\1a\0")))
        self.refused(query(opt(owner=b"\xc0\x0c")))

    def test_optElsewhere(self) -> None:
        """OPT stands in the additional section only (RFC 6891 section 6.1.1)."""
        self.refused(response(opt()))
        self.refused(response(authority=(opt(),)))
        self.refused(response(opt(), additional=(record(*RECORD),)))

    def test_cutOff(self) -> None:
        """A message that ends anywhere before its last octet is malformed."""
        wire = response(record(*RECORD), record(5, b"\1a\xc0\x0c"), additional=(opt((10, bytes(8))),))
        walk(wire, END)
        for end in range(END, len(wire)):
            self.refused(wire[:end])

    def test_trailing(self) -> None:
        """Octets behind the last record that is counted are no part of the message, an OPT neither."""
        wire = response(record(*RECORD))
        for behind in (b"", b"\0", bytes(400), opt(), record(*RECORD)):
            found = walk(wire + behind, END)
            self.assertEqual((found.end, found.opt, len(found.ttls)), (len(wire), None, 1))

    def test_countsTooHigh(self) -> None:
        """Counts without the records that they promise are malformed."""
        self.refused(header(0x8180, 1, 65535) + QUESTION)
        self.refused(header(0x8180, 1, 65535, 65535, 65535) + QUESTION + record(*RECORD) * 5)

    def test_lengthOfRdata(self) -> None:
        """RDLENGTH beyond the end is malformed (RFC 1035 section 7.3)."""
        self.refused(response(record(*RECORD, length=400)))
        self.refused(response(record(*RECORD, length=5)))

    def test_loopsInOwners(self) -> None:
        """Pointer loops in owners are found."""
        for owner in (b"\xc0\x16", b"\1a\xc0\x16", b"\xc0\x18", b"\xc0\xff", b"\xff\xff"):
            self.refused(response(record(*RECORD, owner=owner)))

    def test_loopsInRdata(self) -> None:
        """So are those in the names of RDATA that others may compress against."""
        loop = b"\xc0" + bytes([END + 12])
        for kind, data in (
            (2, loop),
            (5, loop),
            (12, loop),
            (15, b"\0\1\xc0" + bytes([END + 14])),
            (6, loop + b"\0" + bytes(20)),
            (6, b"\0\xc0" + bytes([END + 13]) + bytes(20)),
        ):
            self.refused(response(record(kind, data)))

    def test_namesFillRdata(self) -> None:
        """Those names end where their RDATA does."""
        for kind, data in ((2, b"\1a\0"), (5, b"\xc0\x0c"), (15, b"\0\1\1a\xc0\x0c"), (6, SOA_DATA)):
            walk(response(record(kind, data), record(*RECORD)), END)
            self.refused(response(record(kind, data + b"\0"), record(*RECORD)))
            self.refused(response(record(kind, data, length=len(data) - 1), b"", record(*RECORD)))

    def test_emptyRdata(self) -> None:
        """RDATA of no octets passes, of whatever type."""
        for kind in (1, 2, 5, 6, 15, 24, 65280):
            self.assertEqual(len(walk(response(record(kind, b"")), END).ttls), 1)

    def test_unknownRdata(self) -> None:
        """RDATA of unknown types is never looked into (RFC 3597 section 4)."""
        self.assertEqual(len(walk(response(record(65280, b"\xc0\xff\xff\xff")), END).ttls), 1)

    def test_signed(self) -> None:
        """A TSIG or SIG(0) as the last record is found; its TTL is none."""
        for signature in (TSIG, SIG0):
            found = walk(query(opt(), signature), END)
            self.assertTrue(found.signed)
            self.assertEqual(found.ttls, ())

    def test_signatureElsewhere(self) -> None:
        """A signature anywhere else is malformed (RFC 8945 section 5.1)."""
        for signature in (TSIG, SIG0):
            self.refused(query(signature, opt()))
            self.refused(query(signature, signature))
            self.refused(response(signature))

    def test_ordinarySig(self) -> None:
        """A SIG that covers a type is a record like others."""
        found = walk(response(record(24, b"\0\1" + bytes(40))), END)
        self.assertEqual((len(found.ttls), found.signed), (1, False))

    def test_noRecords(self) -> None:
        """There may be no record at all."""
        found = walk(query(), END)
        self.assertEqual((found.ttls, found.opt, found.signed, found.end), ((), None, False, END))

    def test_manyPointers(self) -> None:
        """60,000 octets of pointers to pointers are looked at twice at most."""
        chain = b"".join(pack("!H", 0xC000 | at) for at in [12, *range(END + 11, 12000, 2)])
        owner = pack("!H", 0xC000 | END + 11 + len(chain) - 2)
        records = [record(65280, chain, owner=b"\0")] + [record(65280, b"", owner=owner)] * 3500
        wire = Counted(query(*records))
        self.assertEqual(len(walk(wire, END).ttls), 3501)
        self.assertTrue(wire.looks < 2 * len(wire))


class EndTests(SynchronousTestCase):
    """L{messageEnd}."""

    WHOLE = (
        query(),
        query(opt(), TSIG),
        response(record(*RECORD), authority=(record(6, SOA_DATA),), additional=(opt(),)),
        header(0x2800, 1, 1, 1, 1) + QUESTION + record(255, b"") + record(*RECORD) + TSIG,
        header(0x8181, 0),
    )

    def test_whole(self) -> None:
        """It is where the last record ends, whatever stands behind it."""
        for wire in self.WHOLE:
            for behind in (b"", b"junk", opt()):
                self.assertEqual(messageEnd(wire + behind), len(wire))

    def test_cutOff(self) -> None:
        """Less than the header counts is malformed."""
        for wire in self.WHOLE:
            for end in range(len(wire)):
                self.assertRaises(FormatError, messageEnd, wire[:end])


class SightTests(SynchronousTestCase):
    """L{sightOpt}."""

    def test_whole(self) -> None:
        """An OPT of a message without fault is seen, whatever stands before it."""
        self.assertEqual(sightOpt(query(record(*RECORD), opt((3, b"")))), opt((3, b"")))

    def test_faults(self) -> None:
        """So is one where something else is wrong."""
        for wire in (
            query(opt(), opt()),
            query(opt()) + b"junk",
            query(opt(), record(*RECORD, length=9)),
            response(opt()),
            header(0x0100, 2, 0, 0, 1) + QUESTION + QUESTION + opt(),
            header(0x0100, 0, 0, 0, 1) + opt(),
            query(opt(), question=b"\x3fabc" + bytes(60) + b"\0\0\1\0\1"),
        ):
            self.assertEqual(sightOpt(wire), opt())

    def test_none(self) -> None:
        """Where there is none, none is seen, and no octets are too few."""
        wire = query(record(*RECORD))
        for end in range(12, len(wire) + 1):
            self.assertIsNone(sightOpt(wire[:end]))
        self.assertIsNone(sightOpt(header(0x0100, 65535, 65535, 65535, 65535) + bytes(60000)))
        self.assertIsNone(sightOpt(MALFORMED["V1, a name that points at itself"][0]))


class NegativeTests(SynchronousTestCase):
    """L{negativeTTL}."""

    def ttl(self, *answers: bytes, authority: tuple[bytes, ...]) -> int | None:
        """What L{negativeTTL} makes of a response."""
        wire = response(*answers, authority=authority)
        walk(wire, END)
        return negativeTTL(wire[6:12], wire[END:])

    def test_lesser(self) -> None:
        """The lesser of the SOA's TTL and MINIMUM counts (RFC 2308 section 5)."""
        self.assertEqual(self.ttl(authority=(record(6, SOA_DATA, ttl=300),)), 60)
        self.assertEqual(self.ttl(authority=(record(6, SOA_DATA, ttl=30),)), 30)

    def test_behindOthers(self) -> None:
        """The SOA may stand behind answers and other authority records."""
        others = (record(47, b"\1a\0\0"), record(6, SOA_DATA, owner=b"\7example\0"))
        self.assertEqual(self.ttl(record(5, b"\1b\xc0\x0c"), authority=others), 60)

    def test_none(self) -> None:
        """Without an SOA in authority there is no such time."""
        self.assertIsNone(self.ttl(authority=()))
        self.assertIsNone(self.ttl(record(6, SOA_DATA), authority=(record(2, b"\1a\0"),)))

    def test_emptySoa(self) -> None:
        """An SOA without RDATA is none."""
        self.assertIsNone(self.ttl(authority=(record(6, b""),)))
