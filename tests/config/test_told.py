"""Whether upstreams are told of clients, so that fronts must know how they come."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.told import toldOfClients


class ToldTests(SynchronousTestCase):
    """L{toldOfClients}."""

    def test_values(self) -> None:
        """Those with C{proxy-protocol} are, and no other."""
        self.assertTrue(toldOfClients({"proxy_protocol": True}))
        self.assertFalse(toldOfClients({"proxy_protocol": False}))
        self.assertFalse(toldOfClients({}))
