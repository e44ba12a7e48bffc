"""Prefixes of clients, and what they take."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.prefixes import Prefixes


class PrefixesTests(SynchronousTestCase):
    """L{Prefixes}."""

    def setUp(self) -> None:
        """Nobody has come."""
        self.clock = Clock()
        self.prefixes = Prefixes(self.clock.seconds)

    def assertAlike(self, one: str, other: str, client: bool, network: bool) -> None:
        """Two addresses are one client's, or of one network, or neither."""
        first, second = self.prefixes.of(one), self.prefixes.of(other)
        self.assertEqual((first is second, first.network is second.network), (client, network), (one, other))

    def test_four(self) -> None:
        """An IPv4 address is a client, and a /24 a network, also where it is written as IPv6."""
        self.assertAlike("192.0.2.1", "::ffff:192.0.2.1", True, True)
        self.assertAlike("192.0.2.1", "192.0.2.2", False, True)
        self.assertAlike("192.0.2.1", "192.0.3.1", False, False)

    def test_six(self) -> None:
        """An IPv6 /64 is a client, whatever the interface, and a /56 a network."""
        self.assertAlike("2001:db8:1:200::1", "2001:db8:1:200:ffff::2", True, True)
        self.assertAlike("fe80::1%eth0", "fe80::2%eth1", True, True)
        self.assertAlike("2001:db8:1:200::1", "2001:db8:1:2ff::1", False, True)
        self.assertAlike("2001:db8:1:200::1", "2001:db8:1:300::1", False, False)

    def test_families(self) -> None:
        """An IPv4 address and an IPv6 one with the same octets are two."""
        self.assertAlike("32.1.13.184", "2001:db8::", False, False)

    def test_bounded(self) -> None:
        """Those who have nothing are forgotten where they are many; all others are kept."""
        prefixes = Prefixes(self.clock.seconds, 100)
        connected, asking, busy = (prefixes.of(f"192.0.2.{number}") for number in range(3))
        connected.connections, asking.slots, busy.fullAt = 1, 1, 5.0
        for number in range(1000):
            prefixes.of(f"198.51.{number // 250}.{number % 250}")
            self.assertLessEqual(len(prefixes.known), 100)
        self.assertEqual([prefixes.of(f"192.0.2.{number}") for number in range(3)], [connected, asking, busy])
        self.assertIs(prefixes.of("192.0.2.200").network, busy.network)
        self.clock.advance(5)
        for number in range(1000):
            prefixes.of(f"198.51.{number // 250}.{number % 250}")
        self.assertIsNot(prefixes.of("192.0.2.2"), busy, "its handshakes are long forgotten")

    def test_manyInUse(self) -> None:
        """Where all have something they are looked over no sooner than they are twice as many."""
        prefixes = Prefixes(self.clock.seconds, 10)
        for number in range(30):
            prefixes.of(f"192.0.2.{number}").slots = 1
        self.assertEqual(len(prefixes.known), 30)
        self.assertEqual(prefixes._most, 40)
