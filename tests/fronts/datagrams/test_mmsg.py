"""Datagrams in batches."""

from __future__ import annotations

from dotchain.batchcalls import available
from dotchain.fronts.datagrams import mmsg

from . import sockets as datagrams


class BatchSocketTests(datagrams.SocketCase):
    """L{mmsg.BatchSocket}."""

    made = mmsg.BatchSocket

    def setUp(self) -> None:
        """Nothing where the platform lacks the calls."""
        if not available():
            self.skipTest("no recvmmsg here")

    def atPortZero(self, peer: bytearray) -> bytearray:
        """Behind the family stands the port."""
        return peer[:2] + b"\0\0" + peer[4:]

    def test_keptReady(self) -> None:
        """A response that is kept ready lives as long as it is kept, its octets let go by all others."""
        io = self.open()
        client = self.client()
        kept = [io.prepare(b"%d" % number + bytes(500)) for number in range(200)]
        for number in range(200):
            client.send(bytes((7, number)))
            io.receive()
            io.reply(0, kept[number])
            io.flush()
            self.assertEqual(client.recv(1000), bytes((7, number)) + b"%d" % number + bytes(500))
