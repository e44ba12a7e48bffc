"""Datagrams in batches."""

from __future__ import annotations

import socket
import sys

from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.datagrams import mmsg

from . import sockets as datagrams


class BatchSocketTests(datagrams.SocketCase):
    """L{mmsg.BatchSocket}."""

    made = mmsg.BatchSocket

    def setUp(self) -> None:
        """Nothing where the platform lacks the calls."""
        if not mmsg.available():
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


class AvailableTests(SynchronousTestCase):
    """L{mmsg.available}."""

    def test_elsewhere(self) -> None:
        """Only Linux with 64 bits has the calls in the layout that is declared."""
        self.patch(sys, "platform", "freebsd14")
        self.assertFalse(mmsg.available())

    def test_here(self) -> None:
        """Where it is available it works."""
        if mmsg.available():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
                port.bind(("127.0.0.1", 0))
                self.assertEqual(mmsg.BatchSocket(port, False).receive(), ([], []))
