"""Tests of what is told of a server."""

from __future__ import annotations

from twisted.logger import capturedLogs, formatEvent

from .fakes import Eager, ServiceCase


class PeerTests(ServiceCase):
    """Log lines about a server that comes and goes."""

    def setUp(self) -> None:
        """It is connected."""
        self.serve(name="stage shared")
        self.server = self.greeted()
        self.greeted()

    def test_once(self) -> None:
        """That it is away is told once, and once that it is back; what follows within a minute is not."""
        with capturedLogs() as events:
            self.server.end()
            for _ in range(3):
                self.refuse()
            self.greeted().end()
        self.assertEqual(
            [*map(formatEvent, events)],
            [
                "[stage shared] valkey://192.0.2.1 is passed by: the peer closed the connection",
                "[stage shared] valkey://192.0.2.1 answers again",
            ],
        )

    def refuse(self) -> None:
        """The connection ends as soon as it was taken; then it is tried again."""
        self.begun()
        self.taken().end()
        self.begun()

    def begun(self) -> None:
        """Until a connection is tried."""
        while not self.clock.tcpClients:
            self.clock.advance(0.01)

    def test_values(self) -> None:
        """That it takes no values is told, and that it does again."""
        with capturedLogs() as events:
            for reply in (b"-OOM command not allowed\r\n", b"-OOM command not allowed\r\n", b"+OK\r\n"):
                self.valkey.store.put(b"k", b"v", 9)
                self.clock.advance(0)
                self.server.reply(reply)
                self.clock.advance(1)
        self.assertEqual(
            [*map(formatEvent, events)],
            [
                "[stage shared] valkey://192.0.2.1 takes no values: OOM command not allowed",
                "[stage shared] valkey://192.0.2.1 takes values again",
            ],
        )

    def test_full(self) -> None:
        """That it was given more than it has read yet is nothing to be told of."""
        producer = self.server.transport.producer
        assert producer is not None
        with capturedLogs() as events:
            producer.pauseProducing()
            self.assertFalse(self.valkey.store.look(b"key", Eager()))
            producer.resumeProducing()
            self.assertTrue(self.valkey.store.look(b"key", Eager()))
        self.assertEqual(events, [])
