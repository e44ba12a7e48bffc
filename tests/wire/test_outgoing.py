"""L{outgoing}: what of a client's query leaves for an upstream."""

from __future__ import annotations

import dns.flags
import dns.message
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.wire import Query, edns, outgoing, withoutOpt
from dotchain.wire.outgoing import SUBNET_PRIVATE, _remembered
from dotchain.wire.query import ask, passing

from . import vectors

PRIVATE = (
    (8, b"\0\1\x18\0\xc0\0\2"),
    (10, b"clientid"),
    (11, b"\0\x64"),
    (12, bytes(33)),
    (20292, b"x"),
    (65001, b"mac address"),
    (65074, b"who"),
)
"""Options that tell of the client, or that belong to his hop."""


def read(octets: bytes) -> dns.message.Message:
    """What an upstream reads."""
    return dns.message.from_wire(b"\x12\x34" + octets)


class HopTests(SynchronousTestCase):
    """Size, options and padding belong to one hop (RFC 6891 section 6.2.6)."""

    def test_nothingOfTheClient(self) -> None:
        """Whatever options and size a client sends, the same octets leave."""
        bare = Query(vectors.query(vectors.opt()))
        for pads in (False, True):
            expected = outgoing(bare, pads)
            for size in (0, 512, 4096, 65535):
                told = Query(
                    vectors.query(vectors.opt(*PRIVATE, size=size)), Client("192.0.2.9", "udp", "lan")
                )
                self.assertEqual(outgoing(told, pads), expected)

    def test_withAndWithoutOpt(self) -> None:
        """A client without EDNS leaves no other trace than one with it."""
        for pads in (False, True):
            self.assertEqual(
                outgoing(Query(vectors.query()), pads), outgoing(Query(vectors.query(vectors.opt())), pads)
            )

    def test_opt(self) -> None:
        """Our OPT record: 1232 octets (RFC 9715), version 0, and no option in clear text."""
        message = read(outgoing(ask("foo.example.org."), False))
        self.assertEqual((message.edns, message.payload, message.options), (0, 1232, ()))

    def test_otherRecords(self) -> None:
        """Records that came along with the question don't leave."""
        extra = Query(vectors.query(vectors.record(*vectors.RECORD), vectors.opt()))
        self.assertEqual(outgoing(extra, False), outgoing(Query(vectors.query()), False))

    def test_noId(self) -> None:
        """The ID is for the connection to choose."""
        one, two = (Query(number + vectors.query()[2:]) for number in (b"ab", b"cd"))
        self.assertEqual(outgoing(one, False), outgoing(two, False))


class ValidatorTests(SynchronousTestCase):
    """What a client's validator says of itself is passed on (RFC 6975 section 4.2.2, RFC 8145)."""

    SAID = ((5, b"\x08\x0d"), (6, b"\1\2"), (7, b"\1"), (14, b"\x4f\x66"))

    def test_copied(self) -> None:
        """DAU, DHU, N3U and the key tags leave octet for octet, in their order, and nothing else does."""
        query = Query(vectors.query(vectors.opt(*PRIVATE, *self.SAID, (3, b""), flags=0x8000)))
        for pads in (False, True):
            octets = outgoing(query, pads)
            options = read(octets).options
            self.assertEqual([each.to_wire() for each in options[:4]], [data for _, data in self.SAID])
            self.assertEqual([int(each.otype) for each in options], [5, 6, 7, 14] + [12] * pads)
            self.assertEqual((len(octets) + 2) % 128 if pads else 0, 0)

    def test_sameAnswer(self) -> None:
        """They are no part of the question: its answer may be shared."""
        plain = Query(vectors.query(vectors.opt(flags=0x8000)))
        said = Query(vectors.query(vectors.opt(*self.SAID, flags=0x8000)))
        self.assertEqual((said.key, said.shareable), (plain.key, True))

    def test_tooLong(self) -> None:
        """An option longer than any validator's is dropped."""
        for length, copied in ((255, True), (256, False)):
            query = Query(vectors.query(vectors.opt((5, bytes(length)))))
            self.assertEqual(bool(read(outgoing(query, False)).options), copied)

    def test_manyQueries(self) -> None:
        """Other clients' queries are as they were."""
        before = outgoing(ask("foo.example.org."), True)
        for number in range(3000):
            outgoing(Query(vectors.query(vectors.opt((14, number.to_bytes(2, "big"))))), True)
        self.assertEqual(outgoing(ask("foo.example.org."), True), before)


class OursTests(SynchronousTestCase):
    """Options that the operator chose, and none at all."""

    def test_subnetPrivate(self) -> None:
        """EDNS Client Subnet of length 0 says that no address is to be sent on (RFC 7871 section 7.1.2)."""
        for query in (ask("foo.example.org."), Query(vectors.query(vectors.opt((8, b"\0\1\x18\0\xc0\0\2"))))):
            for pads in (False, True):
                octets = outgoing(query, pads, True, SUBNET_PRIVATE)
                self.assertIn(bytes.fromhex("0008000400010000"), octets)
                self.assertEqual(octets.count(b"\0\x08\0\x04"), 1)
                self.assertEqual([int(each.otype) for each in read(octets).options], [8, 11] + [12] * pads)

    def test_withoutOpt(self) -> None:
        """Without EDNS it is the header and the question, and the flags are the same."""
        query = Query(vectors.query(vectors.opt(*PRIVATE), flags=0x0110))
        message = read(withoutOpt(query))
        self.assertEqual((message.edns, message.flags), (-1, 0x0130))
        self.assertEqual(len(withoutOpt(query)), 10 + len(query.question))


class FlagTests(SynchronousTestCase):
    """The header and the DO flag."""

    def test_flags(self) -> None:
        """RD and CD are the client's, AD asks for the upstream's verdict (RFC 6840 section 5.7)."""
        for flags, expected in (
            (0x0000, 0x0020),
            (0x0100, 0x0120),
            (0x0110, 0x0130),
            (0x07FF, 0x0130),
            (0x0010, 0x0030),
        ):
            query = Query(vectors.query(flags=flags))
            self.assertEqual(int.from_bytes(outgoing(query, True)[:2], "big"), expected)

    def test_do(self) -> None:
        """DO is passed on as it came, padded or not; the other bits beside it are not."""
        for pads in (False, True):
            for flags, expected in ((0x8000, 0x8000), (0, 0), (0xFFFF, 0x8000), (0x7FFF, 0)):
                query = Query(vectors.query(vectors.opt(flags=flags)))
                self.assertEqual(read(outgoing(query, pads)).ednsflags, expected)

    def test_question(self) -> None:
        """The name keeps the client's case; type and class are his, whatever they are."""
        question = b"\3wWw\7ExAmPlE\0\xff\x9a\0\3"
        for pads in (False, True):
            octets = outgoing(Query(vectors.query(question=question)), pads)
            self.assertEqual(octets[10 : 10 + len(question)], question)


class PaddingTests(SynchronousTestCase):
    """Blocks of 128 octets on encrypted ways (RFC 8467 section 4.1)."""

    def test_everyLength(self) -> None:
        """Each length of name that there is fills whole blocks, no more than needed, with zeros."""
        for length in (1, *range(3, 256)):
            name = _name(length)
            for records in ((), (vectors.opt(flags=0x8000),)):
                query = Query(vectors.query(*records, question=name + b"\0\1\0\1"))
                octets = outgoing(query, True)
                whole = len(octets) + 2
                bare = 12 + length + 4 + 11
                self.assertEqual(whole % 128, 0)
                self.assertEqual(whole, -(-(bare + 4) // 128) * 128)
                (option,) = read(octets).options
                self.assertEqual(option.otype, 12)
                self.assertEqual(
                    octets[bare - 2 :],
                    b"\0\x0c" + (whole - bare - 4).to_bytes(2, "big") + bytes(whole - bare - 4),
                )

    def test_inClear(self) -> None:
        """Never in clear text."""
        octets = outgoing(ask("foo.example.org."), False)
        self.assertEqual(len(octets) + 2, 12 + 17 + 4 + 11)

    def test_lastOption(self) -> None:
        """An empty option where exactly four octets are left, a whole block more where three are."""
        sizes = {}
        for length in (97, 98):
            octets = outgoing(Query(vectors.query(question=_name(length) + b"\0\1\0\1")), True)
            sizes[length] = len(octets) + 2
        self.assertEqual(sizes, {97: 128, 98: 256})


class SignedTests(SynchronousTestCase):
    """Signed queries go as they came (RFC 8945 section 5.5)."""

    def test_octetForOctet(self) -> None:
        """Nothing but the ID changes, with OPT and padding and without, on any way."""
        for records in (
            (vectors.TSIG,),
            (vectors.SIG0,),
            (vectors.opt(*PRIVATE, size=4096), vectors.TSIG),
            (vectors.opt((12, bytes(7))), vectors.SIG0),
        ):
            query = Query(vectors.query(*records, flags=0x0120))
            self.assertTrue(query.signed)
            for pads in (False, True):
                self.assertEqual(outgoing(query, pads), query.wire[2:])

    def test_flagsStay(self) -> None:
        """Not even a flag: dnspython reads the same signature at the same place."""
        query = Query(vectors.query(vectors.TSIG, flags=0x0100))
        message = dns.message.from_wire(b"\0\0" + outgoing(query, True), keyring=False)
        self.assertTrue(message.had_tsig)
        self.assertFalse(message.flags & dns.flags.AD)


class PassedTests(SynchronousTestCase):
    """What a stage lets pass."""

    def test_passed(self) -> None:
        """Its options leave beside ours and the validator's, and padding fills up the rest."""
        options = edns.option(8, b"\0\1\x18\0\xc0\0\2")
        query = passing(
            Query(vectors.query(vectors.opt((5, b"\x08"), *PRIVATE))), edns.option(5, b"\x08"), options, True
        )
        for pads in (False, True):
            made = read(outgoing(query, pads, True))
            codes = [int(each.otype) for each in made.options]
            self.assertEqual(codes, [8, 5, 11, 12] if pads else [8, 5, 11])
        self.assertEqual((len(outgoing(query, True)) + 2) % 128, 0)

    def test_remembered(self) -> None:
        """Options that clients choose are not remembered."""
        before = len(_remembered)
        for last in range(5):
            outgoing(
                passing(Query(vectors.query()), b"", edns.option(8, bytes([0, 1, 8, 0, last])), True), True
            )
        self.assertEqual(len(_remembered), before)


def _name(length: int) -> bytes:
    """A name of so many octets; there is none of two."""
    left, labels = length - 1, []
    while left:
        size = min(left - 1, 63 if left != 65 else 62)
        labels.append(bytes([size]) + b"x" * size)
        left -= size + 1
    return b"".join(labels) + b"\0"
