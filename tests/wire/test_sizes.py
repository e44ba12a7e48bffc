"""How much goes out: limits, truncation, padding."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import Answer, Query, render

from .test_answer import ede
from .test_reply import END, KEEPALIVE, PADDING, TCP, TLS, UDP, OptTests, filled, reply
from .vectors import QUESTION, RECORD, opt, query, record, response


class SizeTests(SynchronousTestCase):
    """Limits and truncation."""

    def test_withoutOpt(self) -> None:
        """512 octets go over UDP without an OPT, 513 don't (RFC 1035 section 4.2.1)."""
        self.assertEqual(len(reply(query(), filled(512)).wire), 512)
        self.assertTrue(reply(query(), filled(513)).truncated)

    def test_clientsSize(self) -> None:
        """The client's size counts, 512 at least and 1232 at most, for the whole with its OPT."""
        for size, limit in (
            (0, 512),
            (100, 512),
            (512, 512),
            (513, 513),
            (1000, 1000),
            (1232, 1232),
            (4096, 1232),
        ):
            for wire, more in ((query(opt(size=size)), 11), (query(opt(size=size, flags=0x8000)), 11)):
                whole = reply(wire, filled(limit - more))
                self.assertEqual((len(whole.wire), whole.truncated), (limit, False))
                self.assertTrue(reply(wire, filled(limit - more + 1)).truncated)

    def test_truncated(self) -> None:
        """A truncated response is header, question and OPT, with RCODE and flags (RFC 6891 section 7)."""
        answer = filled(3000).having(rcode=3)
        for records in ((), (opt(flags=0x8000),)):
            found = reply(query(*records, flags=0x0110), answer)
            self.assertEqual(found.counts, (1, 0, 0, len(records)))
            self.assertEqual(found.flags, 0x8390 | 3)
            self.assertEqual(len(found.wire), END + 11 * len(records))
            self.assertEqual(found.edns is not None and found.edns.do, bool(records))

    def test_additionalGoesFirst(self) -> None:
        """Additional records go before all else, and silently (RFC 2181 section 9)."""
        more = tuple(record(1, b"\xc0\0\2\1", owner=b"\1x\xc0\x0c") for _ in range(20))
        answers = (record(16, b"\xff" + b"x" * 255), record(15, b"\0\1\1x\xc0\x0c"))
        answer = Answer.parse(response(*answers, authority=(record(2, b"\xc0\x0c"),), additional=more))
        bare = reply(query(), answer)
        self.assertEqual((bare.counts, bare.truncated), ((1, 2, 1, 0), False))
        self.assertEqual(bare.wire, response(*answers, authority=(record(2, b"\xc0\x0c"),)))
        extended = reply(query(opt(size=512)), answer.having(errors=((3, "stale"),)))
        self.assertEqual((extended.counts, extended.truncated), ((1, 2, 1, 1), False))
        self.assertEqual(extended.options, [ede(3, b"stale")])
        self.assertEqual(reply(query(opt(size=1232)), answer).counts, (1, 2, 1, 21))

    def test_compressed(self) -> None:
        """What is too large as the upstream wrote it goes compressed: 191 octets instead of 611."""
        question = b"".join(b"\x0e" + bytes([letter]) * 14 for letter in b"abc") + b"\1t\0\0\1\0\1"
        records = [record(1, bytes((192, 0, 2, last)), owner=question[:-4]) for last in range(8)]
        answer = Answer.parse(response(*records, question=question))
        sent = b"\x12\x34" + render(Query(query(question=question)), answer)
        self.assertEqual(sent, response(*[record(1, each[-4:]) for each in records], question=question))
        # More than one who takes more asks for is not touched.
        wire = query(opt(size=700), question=question)
        self.assertIn(b"".join(records), render(Query(wire), answer))

    def test_compressedFirst(self) -> None:
        """Before additional records go, and before errors lose their texts."""
        owner = b"\x28" + b"x" * 40 + QUESTION[:-4]
        more = tuple(record(1, b"\xc0\0\2\1", owner=owner) for _ in range(9))
        answer = Answer.parse(response(record(15, b"\0\1" + owner), additional=more))
        for records in ((), (opt(size=512),)):
            found = reply(query(*records), answer.having(errors=((3, "stale"),)))
            self.assertEqual(
                (found.counts[1], found.counts[3] - len(records), found.truncated), (1, 9, False)
            )
            self.assertEqual(found.options, [ede(3, b"stale")] * len(records))

    def test_compressedRest(self) -> None:
        """What is left without the additional records is compressed where it must be."""
        owners = [QUESTION[:-4] for _ in range(30)]
        answers = [record(1, b"\xc0\0\2\1", owner=owner) for owner in owners]
        more = tuple(record(16, bytes([99]) + bytes(99)) for _ in range(9))
        found = reply(query(), Answer.parse(response(*answers, additional=more)))
        self.assertEqual(
            (found.counts, found.truncated, len(found.wire)), ((1, 30, 0, 0), False, END + 30 * 16)
        )

    def test_compressedOnStreams(self) -> None:
        """So is what is too large for any message once it has our OPT."""
        records = [record(1, b"\xc0\0\2\1", owner=QUESTION[:-4])] * 3000
        answer = Answer.parse(response(*records, record(16, bytes(65535 - END - 12 - 20 * 3000))))
        self.assertEqual(len(reply(query(), answer, TCP).wire), 65535)
        found = reply(query(opt()), answer, TCP)
        self.assertEqual((found.counts[1], found.truncated), (3001, False))

    def test_referral(self) -> None:
        """The addresses of a referral are needed: without them it is truncated (RFC 9471 section 3.1)."""
        more = tuple(record(1, b"\xc0\0\2\1", owner=b"\1x\xc0\x0c") for _ in range(30))
        answer = Answer.parse(response(authority=(record(2, b"\1x\xc0\x0c"),), additional=more))
        self.assertEqual(
            (reply(query(), answer).counts, reply(query(), answer).truncated), ((1, 0, 0, 0), True)
        )

    def test_extraTextGoesFirst(self) -> None:
        """Extended errors lose their texts before records go (RFC 8914 section 3)."""
        found = reply(query(opt()), filled(1205).having(errors=((3, "stale"), (22, "gone"))))
        self.assertEqual((found.counts[1], found.truncated), (1, False))
        self.assertEqual(found.options, [ede(3), ede(22)])

    def test_errorsGoSecond(self) -> None:
        """Then they go themselves, which sets TC; the records stay."""
        found = reply(query(opt()), filled(1220).having(errors=((3, "stale"),)))
        self.assertEqual((found.counts[1], found.truncated, found.options), (1, True, []))

    def test_streams(self) -> None:
        """Nothing is cut on streams up to 65535 octets, whatever size the client tells."""
        for octets in (513, 1233, 40000, 65535):
            found = reply(query(), filled(octets), TCP)
            self.assertEqual((len(found.wire), found.truncated), (octets, False))
        found = reply(query(opt(size=512)), filled(65524), TCP)
        self.assertEqual((len(found.wire), found.truncated), (65535, False))

    def test_neverWraps(self) -> None:
        """What would pass 65535 octets with its OPT, errors and padding never does."""
        errors = ((3, "x" * 600),) * 150
        for octets in range(65400, 65536, 3):
            for wire in (query(opt()), query(opt(PADDING, KEEPALIVE))):
                for answer in (filled(octets), filled(octets).having(errors=errors)):
                    found = reply(wire, answer, TLS)
                    self.assertTrue(len(found.wire) <= 65535)
                    self.assertEqual(found.counts[1], 0 if found.truncated else 1)

    def test_longErrors(self) -> None:
        """Errors whose text would pass what an option can hold are cut."""
        answer = Answer.parse(response(additional=(opt(ede(1, b"\xff" * 65000)),)))
        self.assertTrue(len(reply(query(opt()), answer, TCP).wire) < 1000)
        self.assertTrue(len(reply(query(opt()), answer).wire) < 1000)

    def test_truncatedUpstream(self) -> None:
        """TC of an upstream never goes out on a stream: there is no longer answer to ask for."""
        answer = Answer.parse(response(record(*RECORD), flags=0x8380))
        for wire in (query(), query(opt())):
            found = reply(wire, answer, TCP)
            self.assertEqual((found.rcode, found.truncated, found.counts[1]), (2, False, 0))
            self.assertTrue(reply(wire, answer).truncated)


class PaddingTests(SynchronousTestCase):
    """Padding of responses (RFC 7830, RFC 8467)."""

    def test_blocks(self) -> None:
        """Whole blocks of 468 octets on encrypted hops, to those who padded; zeros, once, last."""
        asked = query(opt(PADDING, KEEPALIVE, PADDING))
        for octets in (60, *range(420, 480), *range(900, 945), 40000):
            found = reply(asked, filled(octets).having(errors=((3, "x"),)), TLS)
            self.assertEqual(len(found.wire) % 468, 0)
            codes = [code for code, _ in found.options]
            self.assertEqual(codes, [15, 11, 12])
            self.assertEqual(found.options[-1][1].strip(b"\0"), b"")

    def test_leastBlocks(self) -> None:
        """No block more than needed: 453 octets and an OPT with an empty option are one."""
        asked = query(opt(PADDING))
        for octets, length in ((60, 468), (453, 468), (454, 936), (457, 936), (921, 936), (922, 1404)):
            self.assertEqual(len(reply(asked, filled(octets), TLS).wire), length)

    def test_everySort(self) -> None:
        """Errors, NXDOMAIN and policy answers are padded like others."""
        for answer in (*OptTests.ANSWERS, Answer.bare(2, ((22, "gone"),)), Answer.bare(3)):
            self.assertEqual(len(reply(query(opt(PADDING)), answer, TLS).wire) % 468, 0)

    def test_clear(self) -> None:
        """Never on a clear hop, though asked for (RFC 7830 section 6)."""
        for hop in (UDP, TCP):
            self.assertEqual(reply(query(opt((12, b"\0" * 9))), filled(100), hop).options, [])

    def test_notAsked(self) -> None:
        """Nor for a query that was not padded (RFC 7830 section 4)."""
        self.assertEqual(len(reply(query(), filled(100), TLS).wire), 100)
        self.assertEqual(reply(query(opt()), filled(100), TLS).options, [])

    def test_anyContent(self) -> None:
        """Padding of the client may hold what it likes (RFC 7830 section 3)."""
        for data in (b"\xff" * 300, bytes(30000)):
            self.assertEqual(len(reply(query(opt((12, data))), filled(100), TLS).wire), 468)
