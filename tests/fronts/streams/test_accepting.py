"""Whom a stream port lets ask."""

from __future__ import annotations

from dotchain.testing import Scripted

from .portcase import ANSWER, StreamCase, bothTransports, framed


@bothTransports
class KnownClientTests(StreamCase):
    """Clients that come more than once."""

    def test_comesAgain(self) -> None:
        """Who may ask is looked up once for each address, not for each connection; the refused stay so."""
        self.serve(chain := Scripted(ANSWER, replays=False), deny="192.0.2.0/24")
        for _ in range(2):
            for address in ("192.0.2.7", "198.51.100.1"):
                self.connect(address).say(framed(1))
            self.run_()
        clients = self.port.responder.clients
        self.assertEqual(list(clients), ["192.0.2.7", "198.51.100.1"])
        self.assertEqual([query.client for query in chain.asked], [clients["198.51.100.1"]] * 2)
        self.assertEqual(self.port.responder.counts.refused, 2)
