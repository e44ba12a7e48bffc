"""Tests of the keys that are made of a secret."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.shared.keys import Keys


class KeysTests(SynchronousTestCase):
    """Who has the same keys."""

    def test_same(self) -> None:
        """Machines with the same secret and prefix."""
        one, two = (Keys(b"secret", b"dotchain:").of(b"names").of(b"x") for _ in range(2))
        self.assertEqual(one, two)

    def test_others(self) -> None:
        """Each secret, prefix and purpose has others, and so has no secret at all."""
        found = {
            Keys(secret, prefix).of(purpose).of(b"x")
            for secret in (b"", b"a", bytes(1000))
            for prefix in (b"a:", b"b:")
            for purpose in (b"names", b"values")
        }
        self.assertEqual((len(found), {len(each) for each in found}), (12, {16}))

    def test_take(self) -> None:
        """Whoever has one has the new one where the secret changes."""
        keys = Keys(b"old", b"dotchain:")
        kept = keys.of(b"names")
        self.assertIs(keys.of(b"names"), kept)
        keys.take(b"new")
        self.assertEqual(kept.of(b"x"), Keys(b"new", b"dotchain:").of(b"names").of(b"x"))
