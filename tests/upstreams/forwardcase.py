"""Tests of a whole upstream."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.forward import Forward

from .network import Attempt, Network, Peer
from .upstreamcommon import forward

ONE, TWO, THREE = "tcp://192.0.2.1", "tcp://192.0.2.2", "tcp://192.0.2.3"


class ForwardCase(SynchronousTestCase):
    """Tests with addresses in clear text."""

    def setUp(self) -> None:
        self.network = Network()

    def make(self, where: str, **options: Any) -> Forward:
        """An upstream, at whose end nothing must be left."""
        made = forward(self.network, where, **options)
        self.addCleanup(self.nothingLeft, made)
        return made

    def nothingLeft(self, upstream: Forward) -> None:
        """Stop: no call, no connection, no descriptor stays."""
        upstream.stopService()
        self.network.pass_(2.1)
        self.assertEqual(self.network.left(), [])

    def to(self, host: str) -> list[Attempt]:
        """The dials to this host."""
        return [each for each in self.network.attempts if each.host == host]

    def open(self, host: str = "192.0.2.1") -> Peer:
        """The last dial to this host succeeds."""
        peer = self.to(host)[-1].accept()
        self.network.advance(0)
        return peer
