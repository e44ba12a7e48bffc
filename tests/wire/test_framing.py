"""Messages on a stream."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import FormatError, framing

MESSAGES = st.lists(st.binary(min_size=12, max_size=70), max_size=8)


class SplitTests(SynchronousTestCase):
    """L{framing.split}."""

    @given(MESSAGES, st.binary(max_size=13))
    def test_inverse(self, messages: list[bytes], rest: bytes) -> None:
        """What was joined comes apart again, with what is no whole frame left behind."""
        left = b"\x01\x00" + rest
        self.assertEqual(framing.split(framing.join(messages) + left, 100), (messages, left))

    @given(MESSAGES, st.integers(1, 40))
    def test_anyCut(self, messages: list[bytes], size: int) -> None:
        """It does not matter in what pieces the octets come (RFC 7766 section 8)."""
        octets, buffer, found = framing.join(messages), b"", []
        for at in range(0, len(octets), size):
            some, buffer = framing.split(buffer + octets[at : at + size], 100)
            found += some
        self.assertEqual((found, buffer), (messages, b""))

    @given(st.binary(max_size=200), st.integers(1, 5))
    def test_anything(self, octets: bytes, most: int) -> None:
        """Whatever the octets: messages in order and the rest, or FormatError."""
        try:
            messages, rest = framing.split(octets, most)
        except FormatError:
            self.assertLess(int.from_bytes(octets[:2], "big"), 12)
            return
        self.assertLessEqual(len(messages), most)
        self.assertEqual(framing.join(messages) + rest, octets)

    def test_most(self) -> None:
        """No more messages are cut off than wanted; the others stay as they are."""
        octets = framing.join([bytes(12)] * 5)
        self.assertEqual(framing.split(octets, 2), ([bytes(12)] * 2, octets[28:]))
        self.assertEqual(framing.split(octets, 0), ([], octets))

    def test_largest(self) -> None:
        """A message may have 65535 octets (RFC 1035 section 4.2.2)."""
        octets = framing.frame(bytes(65535))
        self.assertEqual(framing.split(octets[:-1], 9), ([], octets[:-1]))
        self.assertEqual(framing.split(octets, 9), ([bytes(65535)], b""))

    def test_lessThanAHeader(self) -> None:
        """A message of less than a header is an error as soon as its length is known."""
        for length in range(12):
            for octets in (bytes(length), b""):
                with self.assertRaises(FormatError):
                    framing.split(length.to_bytes(2, "big") + octets, 9)

    def test_afterGoodOnes(self) -> None:
        """Messages before such a one are given first; the error comes with the next call."""
        messages, rest = framing.split(framing.join([bytes(12), bytes(13)]) + b"\0\x05", 9)
        self.assertEqual((messages, rest), ([bytes(12), bytes(13)], b"\0\x05"))
        with self.assertRaises(FormatError):
            framing.split(rest, 9)


class FrameTests(SynchronousTestCase):
    """L{framing.frame} and L{framing.join}."""

    def test_frame(self) -> None:
        """Two octets of length stand before the message, the higher first."""
        self.assertEqual(framing.frame(bytes(258)), b"\1\2" + bytes(258))
        self.assertEqual(framing.join([b"ab", b"", b"c"]), b"\0\2ab\0\0\0\1c")
