"""Queries: what is one, and what is answered to what is none."""

from __future__ import annotations

import subprocess
import sys

from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import NOBODY, Client
from dotchain.control.explain import Explained
from dotchain.wire import FormatError, Query, ask, outgoing
from dotchain.wire.query import about, again, passing

from .vectors import LONGEST_NAME, MALFORMED, QUESTION, RECORD, SIG0, TSIG, header, opt, query, record


class MalformedTests(SynchronousTestCase):
    """Octets that are no query."""

    def rcode(self, wire: bytes) -> int | None:
        """The RCODE that these octets are answered with."""
        error: FormatError = self.assertRaises(FormatError, Query, wire)
        return error.rcode

    def test_vectors(self) -> None:
        """Each malformed vector gives its RCODE, or silence."""
        for name, (wire, rcode) in MALFORMED.items():
            self.assertEqual(self.rcode(wire), rcode, name)

    def test_responses(self) -> None:
        """QR=1 comes before everything else that might be wrong: never answered."""
        for name, (wire, _) in MALFORMED.items():
            response = wire[:2] + bytes([wire[2] | 0x80]) + wire[3:]
            self.assertIsNone(self.rcode(response), name)

    def test_short(self) -> None:
        """Less than a header is never answered."""
        for length in range(12):
            self.assertIsNone(self.rcode(query()[:length]))

    def test_opcodes(self) -> None:
        """All opcodes but QUERY are NOTIMP, whatever the body (RFC 8906 section 3.1.4)."""
        for opcode in range(1, 16):
            for body in (b"", b"\xff" * 9, QUESTION):
                self.assertEqual(self.rcode(header(opcode << 11) + body), 4)

    def test_counts(self) -> None:
        """QDCOUNT of anything but 1 is FORMERR (RFC 9619 section 4)."""
        for count in (0, 2, 65535):
            self.assertEqual(self.rcode(header(0x0100, count) + QUESTION), 1)
        self.assertEqual(self.rcode(header(0x0100, 2) + QUESTION * 2), 1)

    def test_cutOff(self) -> None:
        """A query that is cut off anywhere behind its header is FORMERR."""
        for wire in (query(), query(opt()), query(opt((12, bytes(9)))), query(record(*RECORD), opt())):
            Query(wire)
            for end in range(12, len(wire)):
                self.assertEqual(self.rcode(wire[:end]), 1)

    def test_records(self) -> None:
        """Of sixteen records of a section there may be some use; more are FORMERR, and not looked at."""
        empty = b"\0\0\x0a\0\1" + bytes(6)
        for section in (6, 8, 10):
            for number in (16, 17, 256, 5000):
                wire = bytearray(query())
                wire[section : section + 2] = number.to_bytes(2, "big")
                octets = bytes(wire) + empty * number
                if number == 16:
                    self.assertEqual(Query(octets).wire, octets)
                else:
                    self.assertEqual(self.rcode(octets), 1)

    def test_trailing(self) -> None:
        """Octets behind its end, such as the rest of a stub's buffer, are left out: signed ones end there."""
        for wire in (
            query(),
            query(opt()),
            query(opt((3, b""), flags=0x8000)),
            query(TSIG),
            query(opt(), TSIG),
        ):
            for behind in (b"\0", bytes(512 - len(wire)), b"junk", opt()):
                found, whole = Query(wire + behind), Query(wire)
                self.assertEqual((found.wire, found.key, found.edns), (wire, whole.key, whole.edns))
                self.assertEqual(outgoing(found, False), outgoing(whole, False))

    def test_trailingOnly(self) -> None:
        """What is wrong besides stays wrong."""
        for wire in (query(opt(version=1)), query(opt(), opt()), query(opt()[:-1] + b"\5")):
            self.assertEqual(self.rcode(wire + b"\0"), self.rcode(wire))

    def test_lengthOfOpt(self) -> None:
        """An OPT that promises options which are not there is FORMERR."""
        self.assertEqual(self.rcode(query(opt()[:-1] + b"\5")), 1)

    def test_opts(self) -> None:
        """Two OPT records, or one of another owner, are FORMERR (RFC 6891 section 6.1)."""
        self.assertEqual(self.rcode(query(opt(), opt())), 1)
        self.assertEqual(self.rcode(query(opt(owner=b"\1a\0"))), 1)

    def test_optElsewhere(self) -> None:
        """So is an OPT outside the additional section."""
        self.assertEqual(self.rcode(header(0x0100, 1, 1) + QUESTION + opt()), 1)
        self.assertEqual(self.rcode(header(0x0100, 1, 0, 1) + QUESTION + opt()), 1)

    def test_misplacedSignature(self) -> None:
        """A TSIG that is not the last record is FORMERR (RFC 8945 section 5.1)."""
        self.assertEqual(self.rcode(query(TSIG, opt())), 1)


class QueryTests(SynchronousTestCase):
    """What a query tells."""

    def test_longestName(self) -> None:
        """A name of 255 octets is one (V13a)."""
        question = LONGEST_NAME + b"\0\1\0\1"
        self.assertEqual(Query(query(question=question)).question, question)

    def test_case(self) -> None:
        """The question keeps its case; the key does not, but for QTYPE and QCLASS."""
        mixed = Query(query(question=b"\2oK\1T\0\0\x41\0\1"))
        self.assertEqual(mixed.question, b"\2oK\1T\0\0\x41\0\1")
        self.assertEqual(mixed.key, Query(query(question=b"\2ok\1t\0\0\x41\0\1")).key)
        self.assertNotEqual(mixed.key, Query(query(question=b"\2ok\1t\0\0\x61\0\1")).key)

    def test_key(self) -> None:
        """Type, class, DO and CD part keys (RFC 4035 sections 3.2.1 and 3.2.2)."""
        keys = {
            Query(query(*records, flags=flags, question=QUESTION[:-4] + rest)).key
            for records in ((), (opt(flags=0x8000),))
            for flags in (0x0100, 0x0110)
            for rest in (b"\0\1\0\1", b"\0\x1c\0\1", b"\0\1\0\3")
        }
        self.assertEqual(len(keys), 12)

    def test_notInTheKey(self) -> None:
        """ID, RD, AD, an OPT without DO, its size and options don't part keys."""
        same = {
            Query(wire).key
            for wire in (
                query(),
                b"\0\0" + query()[2:],
                query(flags=0),
                query(flags=0x0120),
                query(opt()),
                query(opt((12, bytes(7)), size=4096, flags=0x4000)),
            )
        }
        self.assertEqual(len(same), 1)

    def test_labels(self) -> None:
        """Labels, not text, make the key: a dot within a label is no border."""
        self.assertNotEqual(
            Query(query(question=b"\3a.b\0\0\1\0\1")).key, Query(query(question=b"\1a\1b\0\0\1\0\1")).key
        )

    def test_edns(self) -> None:
        """The client's OPT is taken apart, wherever in the additional section it stands."""
        for wire in (
            query(opt(flags=0x8000)),
            query(opt((3, b""), flags=0x8000)),
            query(record(*RECORD), opt(flags=0x8000)),
        ):
            found = Query(wire).edns
            assert found is not None
            self.assertEqual((found.size, found.do), (1232, True))
        self.assertIsNone(Query(query()).edns)

    def test_otherFlags(self) -> None:
        """Z, AA, TC, RA and an RCODE in a query are no errors (RFC 8906 section 3.1.3)."""
        for flags in (0x0140, 0x0500, 0x0300, 0x0180, 0x0105, 0x07FF):
            self.assertEqual(Query(query(flags=flags)).flags, flags)

    def test_typeAndClass(self) -> None:
        """Any QTYPE and QCLASS passes (RFC 3597)."""
        for kind, dnsClass in ((64, 3), (65, 4), (257, 254), (65280, 255), (65534, 4096)):
            question = QUESTION[:-4] + kind.to_bytes(2, "big") + dnsClass.to_bytes(2, "big")
            found = Query(query(question=question))
            self.assertEqual((found.type, found.dnsClass), (kind, dnsClass))

    def test_meta(self) -> None:
        """Types that no record can have are told, ANY aside (RFC 6895 section 3.1)."""
        told = {
            kind
            for kind in range(300)
            if Query(query(question=b"\0" + kind.to_bytes(2, "big") + b"\0\1")).meta
        }
        self.assertEqual(told, {41, *range(128, 255)})

    def test_signed(self) -> None:
        """A TSIG or SIG(0) at the end is told, with an OPT before it or not."""
        for records in ((TSIG,), (SIG0,), (opt((12, bytes(9))), TSIG), (opt(), SIG0)):
            self.assertTrue(Query(query(*records)).signed)
        self.assertFalse(Query(query(opt())).signed)

    def test_shareable(self) -> None:
        """Answers are shared where RD=1, nothing is signed, and the type is one of data."""
        self.assertTrue(Query(query(opt())).shareable)
        for wire in (query(flags=0), query(TSIG), query(question=b"\0\0\xfc\0\1")):
            self.assertFalse(Query(wire).shareable)

    def test_client(self) -> None:
        """It knows who asks; dotchain itself where nothing is said."""
        client = Client("192.0.2.1", "udp", "lan")
        self.assertIs(Query(query(), client).client, client)
        self.assertIs(Query(query()).client, NOBODY)

    def test_dnspython(self) -> None:
        """Name and message are to be had as dnspython's, of signed queries too."""
        found = Query(query(opt(flags=0x8000), TSIG))
        self.assertEqual(found.name.to_text(), "ok.t.")
        self.assertEqual(found.message().question[0].to_text(), "ok.t. IN A")

    def test_dnspythonRefuses(self) -> None:
        """RDATA that dnspython can't read is a FormatError."""
        self.assertRaises(FormatError, Query(query(record(1, b"\1"))).message)

    def test_answers(self) -> None:
        """Answers of our own have no records, and say why."""
        made = Query(query()).answer(2, 22, "no upstream")
        self.assertEqual(
            (made.rcode, made.errors, made.body, made.ttls), (2, ((22, "no upstream"),), b"", ())
        )
        self.assertEqual(Query(query()).answer(3).errors, ())
        self.assertEqual(Query(query()).refuse(18, "no").rcode, 5)


class AskTests(SynchronousTestCase):
    """L{ask}."""

    def test_question(self) -> None:
        """The name keeps its case; a type may be a number."""
        self.assertEqual(ask("oK.t", "TYPE65").wire[12:], b"\2oK\1t\0\0\x41\0\1")
        self.assertEqual(ask(".", "NS").question, b"\0\0\2\0\1")

    def test_edns(self) -> None:
        """An OPT goes along, and flags."""
        made = ask("ok.t.", flags=0x0110, edns=opt(flags=0x8000))
        self.assertTrue(made.edns is not None and made.edns.do)
        self.assertEqual(made.flags, 0x0110)

    def test_refused(self) -> None:
        """What is no name or type is a ValueError."""
        for name, kind in (("a..b", "A"), ("x" * 64, "A"), ("ok.t", "NONSENSE"), ("ok.t", "TYPE65536")):
            self.assertRaises(ValueError, ask, name, kind)


class AgainTests(SynchronousTestCase):
    """Queries of our own for what a key stands for."""

    def test_again(self) -> None:
        """It has the key that it was made of, RD set, and is no client's."""
        for flags in (0x0100, 0x0110):
            for edns in (b"", opt(), opt(flags=0x8000)):
                key = ask("oK.t.", "TYPE65", flags, edns).key
                made = again(key)
                self.assertEqual((made.key, made.client, made.shareable), (key, NOBODY, True))


class OtherTests(SynchronousTestCase):
    """The same query about something else, and with other options."""

    def test_about(self) -> None:
        """Client, flags and OPT record stay; so does what a stage has put to it."""
        client = Client("192.0.2.1", "udp")
        given = Query(query(opt((10, bytes(8)), flags=0x8000), flags=0x0110), client)
        given = passing(given, b"", b"passed", False)
        made = about(given, ask("other.example.", "MX").question)
        self.assertEqual((str(made.name), made.type, made.flags), ("other.example.", 15, 0x0110))
        self.assertEqual((made.client, made.passed, made.shareable), (client, b"passed", False))
        assert made.edns is not None
        self.assertTrue(made.edns.do)

    def test_withoutEdns(self) -> None:
        """A client that has sent no OPT record is not taken to have sent one."""
        made = passing(Query(query()), b"", b"passed", True)
        self.assertEqual((made.wire, made.edns, made.shareable), (query(), None, True))

    def test_passing(self) -> None:
        """Its options are those that are given, and the key stays."""
        given = Query(query(opt((10, bytes(8)), flags=0x8000)))
        made = passing(given, b"\0\x0b\0\0", b"", True)
        assert made.edns is not None
        self.assertEqual((made.edns.options, made.edns.do, made.key), (b"\0\x0b\0\0", True, given.key))

    def test_explained(self) -> None:
        """A query of C{dotchain explain} stays one."""
        self.assertTrue(about(Explained(query()), QUESTION).explained)


class ImportTests(SynchronousTestCase):
    """What stands on nothing but octets."""

    def test_sansIO(self) -> None:
        """The wire module and the in-flight table need nothing of Twisted's."""
        modules = "sys, dotchain.wire.framing, dotchain.upstreams.inflighttable"
        script = f"import {modules}; print(*[m for m in sys.modules if 'twisted' in m])"
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
        self.assertEqual(run.stdout.split(), [])
