"""A server that says what a test wants, and those who wait for it."""

from __future__ import annotations

from typing import Any

from hiredis import Reader
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.turn import TurnEnd
from dotchain.valkey.counts import Counts
from dotchain.valkey.dialling import Access
from dotchain.valkey.link import Link
from dotchain.valkey.servers import servers
from dotchain.valkey.service import Valkey
from dotchain.valkey.waiting import Looking


class Eager(Looking):
    """
    Who looks for a value.

    @ivar told: what he was told, each time.
    """

    def __init__(self) -> None:
        self.told: list[bytes | None] = []

    def found(self, value: bytes | None) -> None:
        """See L{Looking}."""
        self.told.append(value)


class Sent(StringTransport):
    """A transport that can be aborted as those of TCP are, and counts writes."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def write(self, data: bytes) -> None:
        """See L{StringTransport}."""
        self.writes += 1
        super().write(data)

    def commands(self) -> list[list[Any]]:
        """What was sent since the last look."""
        reader = Reader()
        reader.feed(self.value())
        self.clear()
        found: list[list[Any]] = []
        while (command := reader.gets()) is not False:
            found.append(command)
        return found


def linked(clock: MemoryReactorClock, timeout: float = 0.02) -> tuple[Link, Sent]:
    """A link that takes look-ups."""
    turn = TurnEnd(clock, lambda failure: failure.raiseException())
    link = Link(clock, turn, clock.seconds, timeout, Counts(), lambda: None)
    transport = Sent()
    link.attach(transport)
    link.ready()
    return link, transport


class PluggableReactor(MemoryReactorClock):
    """One that names can be looked up by, as far as nobody does."""

    nameResolver: Any = None


class Played:
    """
    A connection whose server a test plays.

    @ivar address: where it was made to.
    @ivar greeting: what was said first.
    """

    def __init__(self, address: tuple[str, int], factory: Any) -> None:
        self.address = address
        self.greeting: list[list[Any]] = []
        self.protocol: Any = factory.buildProtocol(IPv4Address("TCP", *address))
        self.transport = Sent()
        self.protocol.makeConnection(self.transport)

    def said(self) -> list[list[Any]]:
        """What was sent since the last look."""
        return self.transport.commands()

    def reply(self, octets: bytes) -> None:
        """The server sends these."""
        self.protocol.dataReceived(octets)

    def end(self) -> None:
        """The server closes it."""
        self.protocol.connectionLost(Failure(ConnectionDone()))


class ServiceCase(SynchronousTestCase):
    """
    A service, and servers that a test plays.

    @ivar played: the connections that were taken.
    """

    def serve(self, text: str = "valkey://192.0.2.1", access: Access | None = None, **settings: Any) -> None:
        """Begin to connect."""
        self.clock = MemoryReactorClock()
        self.valkey = Valkey(self.clock, servers(text), 0.02, access, now=self.clock.seconds, **settings)
        self.valkey.startService()
        self.addCleanup(self.valkey.stopService)
        self.played: list[Played] = []

    def taken(self, place: int = 0) -> Played:
        """A server takes the oldest connection, or another one, that was begun and not answered."""
        host, port, factory, *_ = self.clock.tcpClients.pop(place)
        self.played.append(Played((host, port), factory))
        return self.played[-1]

    def greeted(self) -> Played:
        """A server takes the oldest of them, and lets us in."""
        played = self.taken()
        played.greeting = played.said()
        played.reply(b"+OK\r\n" * len(played.greeting))
        return played
