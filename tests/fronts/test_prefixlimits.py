"""What one prefix may take."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.access import AccessList
from dotchain.fronts.prefixlimits import Most, PrefixLimits
from dotchain.networks import networks

from .loop import logged


class PrefixLimitsTests(SynchronousTestCase):
    """L{PrefixLimits}."""

    def setUp(self) -> None:
        """Few connections, and handshakes, for all but a relay."""
        self.clock = Clock()
        self.events = logged(self)
        relay = AccessList(networks("203.0.113.0/24"), ())
        self.limits = PrefixLimits("front dot (tls)", None, relay, Most(2, 3), Most(2, 3), self.clock.seconds)

    def open(self, address: str) -> bool:
        """One more connection of an address, where it may have one."""
        admitted = self.limits.admits(address)
        if admitted:
            prefix = self.limits.of(address)
            prefix.connections += 1
            prefix.network.connections += 1
        return admitted

    def begun(self, address: str, wanted: int) -> int:
        """How many of so many handshakes may begin."""
        return sum(not self.limits.exhausted(self.limits.of(address)) for _ in range(wanted))

    def test_connections(self) -> None:
        """A client and a network have as many as they may; relays that are named, as many as they want."""
        self.assertEqual([self.open("192.0.2.1") for _ in range(3)], [True, True, False])
        self.assertEqual([self.open("192.0.2.2") for _ in range(2)], [True, False])
        self.assertEqual([self.open(f"203.0.113.{number % 2}") for number in range(9)], [True] * 9)
        self.assertEqual(self.limits.counts, {"max-client-connections": 1, "max-network-connections": 1})

    def test_handshakes(self) -> None:
        """Five seconds' worth may begin at once, then so many a second, and no more are saved up."""
        self.assertEqual(self.begun("192.0.2.1", 20), 10)
        self.clock.advance(1)
        self.assertEqual(self.begun("192.0.2.1", 20), 2)
        self.assertEqual(self.begun("198.51.100.1", 20), 10)
        self.clock.advance(3600)
        self.assertEqual(self.begun("192.0.2.1", 20), 10)

    def test_handshakesOfNetwork(self) -> None:
        """Those of one network share what it has; what a client is refused is none of its network's."""
        self.assertEqual([self.begun(f"192.0.2.{number}", 20) for number in (1, 2, 3)], [10, 5, 0])
        self.assertEqual(self.begun("192.0.3.1", 20), 10)

    def test_told(self) -> None:
        """The log has the key that was met, once a minute and without an address."""
        for _ in range(5):
            self.open("192.0.2.1")
        self.clock.advance(61)
        self.open("192.0.2.1")
        from twisted.logger import formatEvent  # noqa: PLC0415

        where = (
            "front dot (tls): over max-client-connections: further connections of one client are turned away"
        )
        self.assertEqual(list(map(formatEvent, self.events)), [where, f"{where}; suppressed 2 like it"])

    def test_none(self) -> None:
        """Where nothing is said nobody is limited."""
        limits = PrefixLimits(now=self.clock.seconds)
        limits.of("192.0.2.1").connections = 1_000_000
        self.assertTrue(limits.admits("192.0.2.1"))
        self.assertEqual({limits.exhausted(limits.of("192.0.2.1")) for _ in range(10_000)}, {""})
