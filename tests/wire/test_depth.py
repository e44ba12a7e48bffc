"""How deep names are."""

from __future__ import annotations

import dns.name
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire.depth import depth, has, having


class DepthTests(SynchronousTestCase):
    """L{depth}, and sets of depths."""

    @given(st.integers(0, 127))
    def test_labels(self, count: int) -> None:
        """Each label counts, the root does not, up to the 127 that a name may have (RFC 1035 section 3.1)."""
        self.assertEqual(depth(b"\1a" * count + b"\0"), count)

    def test_text(self) -> None:
        """A label is whatever stands between its length and the next one, dots and zeros, too."""
        for text, labels in ((".", 0), ("org", 1), ("www.example.org", 3), ("a\\.b.\\000\\000.example", 3)):
            self.assertEqual(depth(dns.name.from_text(text).to_wire() or b""), labels, text)

    @given(st.sets(st.integers(0, 127), max_size=6))
    def test_set(self, depths: set[int]) -> None:
        """A set has the depths that were put into it, and no others; from 62 labels on they are one."""
        made = 0
        for each in depths:
            made = having(made, each)
        kept = {min(each, 62) for each in depths}
        self.assertEqual(
            [has(made, each) for each in range(128)], [min(each, 62) in kept for each in range(128)]
        )
