"""The limits of a front, with and without its keys."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.frontlimits import FrontLimits
from dotchain.fronts.prefixlimits import Most, PrefixLimits
from dotchain.networks import networks
from dotchain.share import ALONE, Share


class FrontLimitsTests(SynchronousTestCase):
    """L{FrontLimits}."""

    def limits(self, most: int = 5000, share: Share = ALONE, **given: Any) -> PrefixLimits:
        """Those of each prefix, where so many connections may be open."""
        return FrontLimits("dot", given, share, Clock().seconds).ofPrefixes("tls", most)

    def test_defaults(self) -> None:
        """A client has a quarter of the connections, a network a half; of few, some all the same."""
        self.assertEqual(self.limits().connections, Most(1250, 2500))
        self.assertEqual(self.limits(most=40).connections, Most(16, 32))
        self.assertEqual(self.limits(most=3).connections, Most(3, 3))
        self.assertEqual(self.limits().handshakes, Most(200, 400))

    def test_given(self) -> None:
        """What one key says moves the other where that would contradict it."""
        self.assertEqual(self.limits(max_client_connections=3000).connections, Most(3000, 3000))
        self.assertEqual(self.limits(max_network_connections=1000).connections, Most(1000, 1000))
        self.assertEqual(
            self.limits(max_client_handshakes=10, max_network_handshakes=15).handshakes, Most(10, 15)
        )

    def test_unlimited(self) -> None:
        """This host's own addresses have no limits where nothing else is said; an empty list names nobody."""
        found = [self.limits().free(each) for each in ("127.0.0.1", "::1", "127.0.0.2", "192.0.2.1")]
        self.assertEqual(found, [True, True, False, False])
        limits = self.limits(unlimited=networks("192.0.2.0/24"))
        self.assertEqual([limits.free(each) for each in ("127.0.0.1", "192.0.2.1")], [False, True])
        self.assertFalse(self.limits(unlimited=()).free("127.0.0.1"))

    def test_workers(self) -> None:
        """Each worker has its part of all of them."""
        limits = self.limits(1250, Share(1, 4), max_client_connections=100)
        self.assertEqual((limits.connections, limits.handshakes), (Most(100 // 4, 625), Most(50, 100)))
        self.assertEqual(FrontLimits("dot", {}, Share(1, 4), Clock().seconds).connections, 1250)
