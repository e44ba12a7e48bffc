"""Names on the wire: skipped, checked, folded."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import FormatError
from dotchain.wire.names import fold, skipName, skipPlainName, stepName

from .vectors import LONGEST_NAME, QUESTION

HEADER = bytes(12)


def compressed(octets: bytes, start: int = 12) -> int:
    """The offset behind the name at start of a message with these octets behind its header."""
    return skipName(HEADER + octets, start, {})


class PlainNameTests(SynchronousTestCase):
    """L{skipPlainName}."""

    def test_endsBehindTheRoot(self) -> None:
        """The offset is that of the octet behind the root label."""
        self.assertEqual(skipPlainName(HEADER + QUESTION, 12), 12 + 6)
        self.assertEqual(skipPlainName(HEADER + b"\0\0\1\0\1", 12), 13)

    def test_longest(self) -> None:
        """255 octets are a name (RFC 1035 section 2.3.4), labels of 63 among them."""
        self.assertEqual(len(LONGEST_NAME), 255)
        self.assertEqual(skipPlainName(HEADER + LONGEST_NAME, 12), 12 + 255)

    def test_longestInALargeMessage(self) -> None:
        """The same at the front of 60,000 octets."""
        self.assertEqual(skipPlainName(HEADER + LONGEST_NAME + bytes(60000), 12), 12 + 255)

    def test_tooLong(self) -> None:
        """256 octets are none."""
        self.assertRaises(FormatError, skipPlainName, HEADER + b"\1a" + LONGEST_NAME[2:] + b"\0", 20)
        self.assertRaises(FormatError, skipPlainName, HEADER + b"\1a" * 127 + b"\1\0\0", 12)

    def test_tooLongInALargeMessage(self) -> None:
        """The same at the front of 60,000 octets: the name is not walked to its end."""
        self.assertRaises((FormatError, IndexError), skipPlainName, HEADER + b"\1a" * 30000 + b"\0", 12)

    def test_labelTypes(self) -> None:
        """Pointers and the reserved label types 0x40 and 0x80 are refused."""
        for first in (0x40, 0x41, 0x80, 0x81, 0xBF, 0xC0, 0xFF):
            self.assertRaises(FormatError, skipPlainName, HEADER + bytes([first, 12]) + bytes(80), 12)

    def test_cutOff(self) -> None:
        """A name that runs out of octets is an IndexError."""
        self.assertRaises(IndexError, skipPlainName, HEADER + b"\3ab", 12)
        self.assertRaises(IndexError, skipPlainName, HEADER, 12)


class CompressedNameTests(SynchronousTestCase):
    """L{skipName}."""

    def test_withoutPointer(self) -> None:
        """A name without a pointer ends behind its root label."""
        self.assertEqual(compressed(QUESTION), 18)

    def test_pointer(self) -> None:
        """A name ends behind its first pointer, wherever that leads."""
        self.assertEqual(compressed(b"\1a\0\1b\xc0\x0c", 15), 19)
        self.assertEqual(compressed(b"\1a\0\xc0\x0c\xc0\x0f", 17), 19)

    def test_longestByPointer(self) -> None:
        """255 octets put together by pointers are a name, 256 are none."""
        tail, head = LONGEST_NAME[64:], LONGEST_NAME[:64]
        self.assertEqual(compressed(tail + head + b"\xc0\x0c", 12 + len(tail)), 12 + 255 + 2)
        self.assertRaises(FormatError, compressed, b"\1x" + tail + head + b"\xc0\x0c", 14 + len(tail))

    def test_rootByPointer(self) -> None:
        """254 octets of labels and a pointer to the root are a name of 255."""
        labels = LONGEST_NAME[:-1]
        self.assertEqual(compressed(b"\0" + labels + b"\xc0\x0c", 13), 13 + 256)
        self.assertRaises(FormatError, compressed, b"\0\1x" + labels + b"\xc0\x0c", 13)

    def test_loops(self) -> None:
        """Each pointer must lead to a prior name (RFC 1035 section 4.1.4): no loop, none forward."""
        for octets, start in (
            (b"\xc0\x0c", 12),
            (b"\xc0\x0e\xc0\x0c", 12),
            (b"\xc0\x0e\xc0\x0c", 14),
            (b"\1a\xc0\x0c", 12),
            (b"\1a\xc0\x0c\xc0\x0c", 16),
            (b"\1a\1b\xc0\x0e\xc0\x0c", 18),
            (b"\xc0\xff" + bytes(300), 12),
        ):
            self.assertRaises(FormatError, compressed, octets, start)

    def test_loopThroughMeasuredNames(self) -> None:
        """A loop stays one whichever of its pieces is met first."""
        wire = HEADER + b"\1a\1b\xc0\x0e\xc0\x0e\xc0\x0c"
        sizes: dict[int, int] = {}
        self.assertRaises(FormatError, skipName, wire, 18, sizes)
        self.assertRaises(FormatError, skipName, wire, 20, sizes)

    def test_intoTheHeader(self) -> None:
        """No name stands in the header."""
        for target in range(12):
            self.assertRaises(FormatError, compressed, b"\0\xc0" + bytes([target]), 13)

    def test_labelTypes(self) -> None:
        """Reserved label types are refused, behind a pointer too."""
        for first in (0x40, 0x80, 0xBF):
            self.assertRaises(FormatError, compressed, bytes([first]) + bytes(80))
            self.assertRaises(FormatError, compressed, bytes([first]) + b"\0\xc0\x0c", 14)

    def test_measuredOnce(self) -> None:
        """What pointers lead to is remembered, so that many pointers cost no more than their octets."""
        chain = b"\0" + b"".join(bytes([0xC0 | at >> 8, at & 255]) for at in [12, *range(13, 4000, 2)])
        wire = HEADER + chain
        sizes: dict[int, int] = {}
        self.assertEqual(skipName(wire, len(wire) - 2, sizes), len(wire))
        self.assertEqual(set(sizes.values()), {1})
        self.assertEqual(len(sizes), len(chain) // 2)

    def test_sizes(self) -> None:
        """A remembered name counts with all its octets."""
        wire = HEADER + LONGEST_NAME + b"\xc0\x0c" + b"\1x\xc0\x0c"
        sizes: dict[int, int] = {}
        self.assertEqual(skipName(wire, 267, sizes), 269)
        self.assertEqual((sizes[12], sizes[12 + 64], sizes[266]), (255, 191, 1))
        self.assertRaises(FormatError, skipName, wire, 269, sizes)

    def test_cutOff(self) -> None:
        """Half a pointer and a name without an end are IndexErrors."""
        for octets in (b"", b"\1", b"\1a", b"\xc0"):
            self.assertRaises(IndexError, compressed, octets)


class StepTests(SynchronousTestCase):
    """L{stepName}."""

    def test_plain(self) -> None:
        """A name without pointers is stepped over."""
        self.assertEqual(stepName(QUESTION, 0), 6)

    def test_pointer(self) -> None:
        """A pointer ends a name and is not followed."""
        self.assertEqual(stepName(b"\1a\xc0\x0c", 0), 4)


class FoldTests(SynchronousTestCase):
    """L{fold}."""

    def test_letters(self) -> None:
        """Only A-Z fold (RFC 4343 section 3)."""
        octets = bytes(range(256))
        folded = fold(octets + b"\0\1\0\1")[:-4]
        self.assertEqual(folded, octets.replace(octets[65:91], octets[97:123]))

    def test_typeAndClassStay(self) -> None:
        """QTYPE 65 (HTTPS) and QCLASS 65 don't become 97, nor does an octet of any other."""
        for tail in (b"\0A\0\1", b"A\0\0\1", b"\0\1\0A", b"\0\1A\0", b"\0A\0A", b"\0Z\0\1", b"AZAZ"):
            self.assertEqual(fold(b"\1A\0" + tail), b"\1a\0" + tail)

    def test_lengthsStay(self) -> None:
        """No length octet of a legal name changes."""
        for length in range(1, 64):
            question = bytes([length]) + b"Q" * length + b"\0\0\1\0\1"
            self.assertEqual(fold(question)[0], length)
