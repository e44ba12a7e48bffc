"""SipHash-2-4."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire.siphash import siphash

KEY = bytes(range(16))

# Of the reference implementation's vectors, by the octets 0, 1, 2 and so on hashed with KEY.
VECTORS = {
    0: "310e0edd47db6f72",
    1: "fd67dc93c539f874",
    7: "37d1018bf50002ab",
    8: "6224939a79f5f593",
    15: "e545be4961ca29a1",
    16: "db9bc2577fcc2a3f",
    63: "724506eb4c328a95",
}


class SipHashTests(SynchronousTestCase):
    """L{siphash}."""

    def test_vectors(self) -> None:
        """What its inventors' code says of messages of all lengths modulo 8."""
        for length, expected in VECTORS.items():
            self.assertEqual(siphash(KEY, bytes(range(length))).hex(), expected, length)
