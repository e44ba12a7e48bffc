"""PEM blocks in a file."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.certificates import pemBlocks


class PemBlocksTests(SynchronousTestCase):
    """L{pemBlocks}."""

    def test_blocks(self) -> None:
        """Each with its label, whatever stands between them; headers of a block are a part of it."""
        one = b"-----BEGIN A-----\nX-Y: 1,2\n\nAAAA\n-----END A-----"
        two = b"-----BEGIN B C-----\nBBBB\n-----END B C-----"
        found = list(pemBlocks(b"text - text\n" + one + b"\ntext\n" + two))
        self.assertEqual(found, [("A", one + b"\n"), ("B C", two + b"\n")])

    def test_cutOff(self) -> None:
        """One that is cut off hides none behind it (RFC 7468 section 2)."""
        whole = b"-----BEGIN A-----\nBBBB\n-----END A-----"
        found = list(pemBlocks(b"-----BEGIN A-----\nAAAA\n" + whole))
        self.assertEqual(found, [("A", whole + b"\n")])

    def test_long(self) -> None:
        """Many beginnings without an end take no time that grows with their square."""
        self.assertEqual(list(pemBlocks(b"-----BEGIN A-----\n" * 20_000)), [])
