"""What the limits of a front come to."""

from __future__ import annotations

from pathlib import Path

from dotchain.fronts.effectivelimits import KEYS, effectiveLimits
from dotchain.fronts.streams.port import StreamPort

from ..tls.certificates import NAME, make
from .frontcase import FrontCase


class EffectiveLimitsTests(FrontCase):
    """What is told of a front."""

    def test_transports(self) -> None:
        """Each transport has those that are any of its own; what open files leave counts."""
        folder = Path(self.mktemp())
        folder.mkdir()
        everywhere = "tls://127.0.0.1:0 tcp://127.0.0.1:0 udp://127.0.0.1:0"
        front = self.front(everywhere, make(names=[NAME]).write(folder), max_client_handshakes=7)
        front.maxConnections = 400
        found = effectiveLimits(front)
        self.assertEqual(
            {transport: len(limits) for transport, limits in found.items()}, {"tcp": 5, "tls": 7, "udp": 2}
        )
        self.assertEqual([found["tls"][key] for key in KEYS], [400, 100, 200, 7, 400, 5000, 15000])

    def test_kept(self) -> None:
        """They are those that a listening socket holds clients to."""
        front = self.front("tcp://127.0.0.1:0", max_connections=40, max_network_connections=9)
        found = effectiveLimits(front)["tcp"]
        front.bind()
        (port,) = front.ports
        assert isinstance(port, StreamPort)
        self.assertEqual(
            (found["max-client-connections"], found["max-network-connections"]), port.limits.connections
        )
        self.assertEqual(port.limits.connections, (9, 9))
