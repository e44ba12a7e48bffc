"""Zone transfers: where they end, and what asks for them."""

from __future__ import annotations

import contextlib
from struct import pack

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import FormatError, Query
from dotchain.wire.transfer import TransferProgress, asksForTransfer, request

from .test_fuzz import quick
from .vectors import QUESTION, TSIG, header, opt, record

ZONE = QUESTION[:-4]
AXFR, IXFR = (ZONE + pack("!HH", kind, 1) for kind in (252, 251))


def soa(serial: int) -> bytes:
    """The zone's SOA record."""
    return record(6, b"\1m\xc0\x0c\1h\xc0\x0c" + pack("!5I", serial, 2, 3, 4, 5))


def a(last: int) -> bytes:
    """An address record."""
    return record(1, bytes((192, 0, 2, last)), owner=b"\1x\xc0\x0c")


def message(*records: bytes, asks: bytes = AXFR, flags: int = 0x8400, additional: bytes = b"") -> bytes:
    """One message of a transfer; without a question it is not the first."""
    counts = (bool(asks), len(records), 0, bool(additional))
    return header(flags, *counts) + asks + b"".join(records) + additional


def axfr() -> bytes:
    """A request for a whole zone."""
    return header(0, 1) + AXFR


def ixfr(serial: int, additional: bytes = b"") -> bytes:
    """A request for the differences from a version."""
    return header(0, 1, 0, 1, bool(additional)) + IXFR + soa(serial) + additional


class TransferProgressTests(SynchronousTestCase):
    """L{TransferProgress}."""

    def assertEnds(self, asked: bytes, *messages: bytes) -> None:
        """The last message ends it, and none before."""
        progress = TransferProgress(asked)
        found = [progress.ends(each) for each in messages]
        self.assertEqual(found, [False] * (len(messages) - 1) + [True])

    def test_whole(self) -> None:
        """A zone ends with the SOA that it began with (RFC 5936 section 2.2), however it is cut up."""
        records = [soa(7), a(1), a(2), a(3), soa(7)]
        for first in range(1, 5):
            for second in range(first, 5):
                parts = [records[:first], records[first:second], records[second:]]
                kept = [part for part in parts if part]
                wires = [message(*part, asks=b"" if at else AXFR) for at, part in enumerate(kept)]
                self.assertEnds(axfr(), *wires)

    def test_oneRecordEach(self) -> None:
        """So it does with a record a message, as old servers send it."""
        self.assertEnds(
            axfr(), message(soa(7)), *(message(a(n), asks=b"") for n in range(5)), message(soa(7))
        )

    def test_signed(self) -> None:
        """Messages that are signed end it as others do."""
        self.assertEnds(axfr(), message(soa(7), a(1), additional=TSIG), message(soa(7), additional=TSIG))

    def test_error(self) -> None:
        """An error is one message (RFC 5936 section 2.2.1)."""
        for flags in (0x8005, 0x8009, 0x8003):
            self.assertEnds(axfr(), message(flags=flags))
            self.assertEnds(axfr(), message(soa(7), a(1)), message(flags=flags))

    def test_withoutSoa(self) -> None:
        """What begins with another record, or with none at all, is no transfer (RFC 5936 section 2.2)."""
        for wire in (
            message(),
            message(a(1)),
            message(a(1), soa(7)),
            message(asks=b""),
            message(additional=TSIG),
        ):
            for asked in (axfr(), ixfr(7)):
                self.assertRaises(FormatError, TransferProgress(asked).ends, wire)

    def test_differences(self) -> None:
        """Pairs of sequences, and the newest SOA where a pair should begin (RFC 1995 section 4)."""
        records = [soa(9), soa(7), a(1), soa(8), a(2), soa(8), a(2), soa(9), a(3), a(4), soa(9)]
        self.assertEnds(ixfr(7), message(*records, asks=IXFR))
        for cut in range(1, 11):
            self.assertEnds(ixfr(7), message(*records[:cut], asks=IXFR), message(*records[cut:], asks=b""))
        empty = [soa(9), soa(7), soa(8), soa(8), soa(9), soa(9)]
        self.assertEnds(ixfr(7), *(message(each, asks=b"") for each in empty))

    def test_wrapped(self) -> None:
        """Serial numbers may pass their end (RFC 1982)."""
        newest, known = 3, (1 << 32) - 2
        self.assertEnds(
            ixfr(known),
            message(soa(newest), asks=IXFR),
            message(soa(known), a(1), soa(newest), a(2), soa(newest)),
        )

    def test_wholeInstead(self) -> None:
        """A whole zone in place of differences (RFC 1995 section 4)."""
        self.assertEnds(ixfr(7), message(soa(9), a(1), asks=IXFR), message(a(2), soa(9), asks=b""))

    def test_upToDate(self) -> None:
        """One SOA that is not newer is all there is to say (RFC 1995 section 2)."""
        for known, newest in ((7, 7), (8, 7), (3, (1 << 32) - 2)):
            self.assertEnds(ixfr(known), message(soa(newest), asks=IXFR))

    def test_cutOff(self) -> None:
        """Messages that are no part of a transfer are refused."""
        for wire in (message(a(1)), message(soa(7), a(1))[:-3], message(soa(7))[:30], header(0x8400, 1, 1)):
            self.assertRaises(FormatError, TransferProgress(axfr()).ends, wire)

    def test_withoutVersion(self) -> None:
        """Differences from no version can't be asked for."""
        for wire in (
            header(0, 1) + IXFR,
            header(0, 1, 0, 1) + IXFR + a(1),
            ixfr(7)[:-3],
            header(0, 1, 0, 1) + IXFR,
        ):
            self.assertRaises(FormatError, TransferProgress, wire)

    @quick
    @given(st.lists(st.binary(max_size=80), max_size=4), st.booleans())
    def test_anyOctets(self, rests: list[bytes], differences: bool) -> None:
        """Whatever comes, there is one type of exception."""
        progress = TransferProgress(ixfr(7) if differences else axfr())
        for rest in rests:
            with contextlib.suppress(FormatError):
                progress.ends(header(0x8400, 0, len(rest)) + rest)


class RequestTests(SynchronousTestCase):
    """L{request} and L{asksForTransfer}."""

    def test_asks(self) -> None:
        """AXFR and IXFR are answered by a stream of messages, and nothing else is."""
        for wire, expected in (
            (axfr(), True),
            (ixfr(7), True),
            (header(0, 1) + QUESTION, False),
            (header(0x2000, 1) + AXFR, False),
        ):
            self.assertEqual(asksForTransfer(wire), expected)

    def test_hop(self) -> None:
        """Options of the client's hop stay there; EXPIRE is for the nameserver (RFC 7314)."""
        options = ((10, b"clientck"), (11, b""), (12, bytes(60)), (9, b""), (3, b""))
        asked = Query(ixfr(7, opt(*options, size=4096, flags=0x8000)))
        self.assertEqual(request(asked), ixfr(7, opt((9, b""), flags=0x8000)))
        self.assertEqual(request(Query(ixfr(7, opt((12, b""))))), ixfr(7, opt()))
        self.assertEqual(request(Query(ixfr(7))), ixfr(7))

    def test_signed(self) -> None:
        """Nothing of a signed request changes (RFC 8945 section 5.5)."""
        wire = header(0, 1, 0, 1, 2) + IXFR + soa(7) + opt((12, bytes(9))) + TSIG
        self.assertEqual(request(Query(wire)), wire)
