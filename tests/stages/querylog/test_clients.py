"""Tests of what is told of clients' addresses."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.querylog.clients import telling

DAY = 86400.0


class ClientTests(SynchronousTestCase):
    """Each way to tell of them."""

    def test_truncated(self) -> None:
        """Networks of 24 and 48 bits; what is no address is nothing."""
        tell = telling("truncated")
        for address, told in (
            ("192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("fe80::1%eth0", "fe80::/48"),
            ("", ""),
        ):
            self.assertEqual(tell(address, 0.0), told)

    def test_hashed(self) -> None:
        """A client is the same all day; another one, another day and another secret differ."""
        tell = telling("hashed", "secret")
        told = tell("192.0.2.1", 0.0)
        self.assertEqual(tell("192.0.2.1", DAY - 1), told)
        others = [
            tell("192.0.2.2", 0.0),
            tell("192.0.2.1", DAY),
            telling("hashed", "other")("192.0.2.1", 0.0),
        ]
        self.assertEqual(len({told, *others}), 4)
        self.assertEqual(telling("hashed", "secret")("192.0.2.1", 0.0), told)

    def test_random(self) -> None:
        """Without a secret two logs have nothing in common."""
        self.assertNotEqual(telling("hashed")("192.0.2.1", 0.0), telling("hashed")("192.0.2.1", 0.0))
