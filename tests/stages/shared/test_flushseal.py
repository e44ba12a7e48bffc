"""Flushes as octets."""

from __future__ import annotations

from unittest import TestCase

from dotchain.stages.shared.flushseal import FlushSeal
from dotchain.stages.shared.signature import Signature

_KEY = Signature(b"of all machines")
_NAME = b"\7example\3org\0"


class FlushSealTests(TestCase):
    """L{FlushSeal}."""

    def setUp(self) -> None:
        """A machine that seals, and another one that opens."""
        self.seal = FlushSeal(_KEY, b"dotchain:flushes")
        self.other = FlushSeal(_KEY, b"dotchain:flushes")

    def test_opened(self) -> None:
        """What one machine seals another one opens."""
        for name, below in (
            (_NAME, False),
            (_NAME, True),
            (b"\0", True),
            (b"\x3f" + b"a" * 63 + b"\0", False),
        ):
            flush, octets = self.seal.sealed(name, below, 1_700_000_000_123)
            self.assertEqual(self.other.opened(octets), flush)
        self.assertEqual(self.other.forged, 0)

    def test_secret(self) -> None:
        """The name can't be read, and of one flush there are no two that look alike."""
        _, octets = self.seal.sealed(_NAME, False, 1)
        self.assertNotIn(b"example", octets)
        self.assertNotEqual(octets, self.seal.sealed(_NAME, False, 1)[1])

    def test_forged(self) -> None:
        """One octet more, less or other, another secret, or another place: it is none."""
        _, octets = self.seal.sealed(_NAME, True, 1)
        spoiled = [octets[:at] + bytes((octets[at] ^ 1,)) + octets[at + 1 :] for at in range(len(octets))]
        for each in (*spoiled, octets[:-1], octets + b"x", b"", b"\1", b"x" * 1000):
            self.assertIsNone(self.other.opened(each))
        self.assertIsNone(FlushSeal(Signature(b"of another machine"), b"dotchain:flushes").opened(octets))
        self.assertIsNone(FlushSeal(_KEY, b"other:flushes").opened(octets))

    def test_noName(self) -> None:
        """Without a secret anybody can seal: what is no name in lower case is none all the same."""
        for name in (b"", b"\7example", b"\1A\0", b"\0\0", b"\xc0\0", b"\1a" * 130 + b"\0"):
            self.assertIsNone(self.other.opened(self.seal.sealed(name, False, 1)[1]), name)
        self.assertEqual(self.other.forged, 6)
