"""A server that says what a test wants, and those who wait for it."""

from __future__ import annotations

from typing import Any

from hiredis import Reader
from twisted.internet.testing import MemoryReactorClock, StringTransport

from dotchain.clockwork.turn import TurnEnd
from dotchain.valkey.counts import Counts
from dotchain.valkey.link import Link
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
