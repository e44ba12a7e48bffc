"""Listening sockets that the reactor has given up."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure

from dotchain.address import Address
from dotchain.fronts.readerrestart import ReaderRestart
from dotchain.testing import makeQuery

from .frontcase import FrontCase
from .streams.portcase import framed


class ReaderRestartTests(FrontCase):
    """L{ReaderRestart}, in fronts on both sorts of sockets."""

    LISTEN = "udp://127.0.0.1:0 tcp://127.0.0.1:0"

    def setUp(self) -> None:
        """A front."""
        super().setUp()
        self.lan = self.serving(self.LISTEN)
        self.reasons: list[str] = []
        self.lan.fatal = self.reasons.append

    def served(self, index: int) -> bool:
        """Whether a query comes in by a port."""
        asked = len(self.chain.asked)
        if index:
            self.connect(self.lan, 1).say(framed(1))
        else:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.sendto(makeQuery(f"n{asked}.example.org.").wire, self.at(self.lan))
        self.run_()
        return len(self.chain.asked) == asked + 1

    def lose(self, port: Any) -> None:
        """What the reactor does with one that has raised."""
        self.loop.removeReader(port)
        port.connectionLost(Failure(ConnectionLost()))

    def test_lost(self) -> None:
        """What the reactor gives up, for whatever reason, is read again soon; the log has a line of it."""
        for index in (0, 1):
            for _ in range(3):
                self.lose(self.lan.ports[index])
                self.loop.advance(ReaderRestart.AFTER)
                self.assertTrue(self.served(index))
        self.assertEqual([event["what"] for event in self.events], ["front lan (udp)", "front lan (tcp)"])
        self.assertEqual(self.reasons, [])

    def test_stopped(self) -> None:
        """One that was stopped meanwhile stays so, and the reactor's own end closes it."""
        port = self.lan.ports[0]
        self.lose(port)
        self.lan.stopService()
        self.loop.advance(ReaderRestart.AFTER)
        self.assertNotIn(port, self.loop.watched)
        port.connectionLost(Failure(ConnectionLost()))
        self.assertEqual(port.fileno(), -1)

    def test_anew(self) -> None:
        """Where the socket itself is gone, another one takes its place."""
        for index in (0, 1):
            port: Any = self.lan.ports[index]
            port._port.close()
            self.lose(port)
            self.loop.advance(ReaderRestart.AFTER)
            self.assertIsNot(self.lan.ports[index], port)
            self.assertTrue(self.served(index))
        self.assertEqual(self.reasons, [])

    def test_fatal(self) -> None:
        """Where none can be had, as for who has given up his rights, the daemon is told to end."""

        def refuse(address: Address) -> socket.socket:
            raise PermissionError

        taken: dict[Address, socket.socket] = {}
        for failing in (refuse, taken.pop):
            self.lan.open = failing
            port: Any = self.lan.ports[0]
            port._port.close()
            port.readerRestart.reading = True
            self.lose(port)
            self.loop.advance(ReaderRestart.AFTER)
        self.assertEqual(
            [reason.partition(":")[0] for reason in self.reasons], ["front lan (udp) has lost its socket"] * 2
        )

    def test_deaf(self) -> None:
        """A socket that listens no more would have the reactor call without end; another takes its place."""
        port: Any = self.lan.ports[1]
        port._port.shutdown(socket.SHUT_RDWR)
        self.loop.turn()
        self.loop.advance(ReaderRestart.AFTER)
        self.assertIsNot(self.lan.ports[1], port)
        self.assertTrue(self.served(1))
