"""How deep names are."""

from __future__ import annotations

import dns.name
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire.depth import bit, depth


class DepthTests(SynchronousTestCase):
    """L{depth} and L{bit}."""

    @given(st.integers(0, 127))
    def test_labels(self, count: int) -> None:
        """Each label counts, the root does not, up to the 127 that a name may have (RFC 1035 section 3.1)."""
        self.assertEqual(depth(b"\1a" * count + b"\0"), count)

    def test_text(self) -> None:
        """A label is whatever stands between its length and the next one, dots and zeros, too."""
        for text, labels in ((".", 0), ("org", 1), ("www.example.org", 3), ("a\\.b.\\000\\000.example", 3)):
            self.assertEqual(depth(dns.name.from_text(text).to_wire() or b""), labels, text)

    def test_bits(self) -> None:
        """Depths that names have are told apart; those of more than 62 labels share a bit."""
        self.assertEqual([bit(each) for each in (0, 1, 5)], [1, 2, 32])
        self.assertEqual(len({bit(each) for each in range(128)}), 63)
        self.assertTrue(all(0 < bit(each) < 1 << 63 for each in range(128)))
