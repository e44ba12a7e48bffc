"""Tests of the connection to one server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import OptionError
from dotchain.valkey.dialling import Access
from dotchain.valkey.line import Line
from dotchain.valkey.servers import server
from dotchain.valkey.waiting import Waiting

HERE, THERE = server("valkey://192.0.2.1"), server("valkey://192.0.2.2:6380")


class Told:
    """
    What is told of a connection.

    @ivar whys: why there was none.
    """

    def __init__(self) -> None:
        self.whys: list[str] = []

    def attach(self, transport: Any) -> None:
        """Nobody comes as far as that."""

    def sendNow(self, octets: bytes, waiting: Waiting) -> None:
        """Nor as that."""

    def ready(self) -> None:
        """Nor as that."""

    def take(self, data: bytes) -> None:
        """Nor as that."""

    def lost(self, why: str) -> None:
        """Keep it."""
        self.whys.append(why)


class LineTests(SynchronousTestCase):
    """Where it is made to, and how often."""

    def setUp(self) -> None:
        """One that was not begun."""
        self.clock, self.told = MemoryReactorClock(), Told()
        self.access = Access(caFile=Path(self.mktemp()))
        self.line = Line(self.clock, HERE, self.access, self.told, lambda: None)
        self.addCleanup(self.line.stop)

    def hosts(self) -> list[str]:
        """Where connections were made to since the last look."""
        found = [each[0] for each in self.clock.tcpClients]
        self.clock.tcpClients.clear()
        return found

    def test_onlyOnce(self) -> None:
        """To start it twice makes one connection; once stopped, it makes none."""
        self.line.start()
        self.line.start()
        self.assertEqual(self.hosts(), ["192.0.2.1"])
        self.line.stop()
        self.clock.advance(60)
        self.assertEqual(self.hosts(), [])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_moves(self) -> None:
        """When the server is somewhere else, the attempt at the old place ends; a new one comes soon."""
        self.line.start()
        self.hosts()
        self.line.move(HERE)
        self.assertEqual(self.told.whys, [])
        self.line.move(THERE)
        self.assertEqual(self.told.whys, ["another one has its place: valkey://192.0.2.2:6380"])
        self.clock.advance(0.2)
        self.assertEqual(self.hosts(), ["192.0.2.2"])

    def test_unproven(self) -> None:
        """Where nothing could prove who the new one is, all stays as it was."""
        self.line.start()
        self.assertRaises(OptionError, self.line.move, THERE._replace(encrypted=True))
        self.assertEqual((self.line.server, self.told.whys), (HERE, []))

    def test_silence(self) -> None:
        """An attempt that nobody answers ends after some seconds, and is made again."""
        self.line.start()
        self.hosts()
        self.clock.advance(Line.PATIENCE)
        self.assertEqual(self.told.whys, ["no connection in 2 s"])
        self.clock.advance(0.2)
        self.assertEqual(self.hosts(), ["192.0.2.1"])
