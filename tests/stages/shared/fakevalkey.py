"""A server of streams and channels in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed

from dotchain.valkey.away import Away, Refused


class FakeServer:
    """
    One stream, and who listens.

    @ivar records: the stream.
    @ivar millis: what its clock says.
    @ivar commands: what it was asked.
    @ivar refuses: what it answers to every command, if anything.
    """

    def __init__(self) -> None:
        self.records: list[tuple[tuple[int, int], bytes, bytes]] = []
        self.millis = 1_700_000_000_000
        self.commands: list[tuple[Any, ...]] = []
        self.refuses = ""
        self.listening: list[FakeValkey] = []

    def do(self, name: str, *words: Any) -> Any:
        """Carry out a command."""
        self.commands.append((name, *words))
        if self.refuses:
            raise Refused(self.refuses)
        return getattr(self, name.lower())(*words)

    def xadd(self, key: bytes, _: str, most: int, place: str, field: bytes, octets: bytes) -> bytes:
        """Put one behind the others."""
        last = self.records[-1][0] if self.records else (0, 0)
        at = max((self.millis, 0), (last[0], last[1] + 1)) if place == "*" else _pair(place)
        if at <= last:
            raise Refused("ERR The ID specified in XADD is equal or smaller than the target stream top item")
        self.records = [*self.records, (at, field, octets)][-most:]
        return _text(at)

    def xrange(self, key: bytes, since: str, _: str, __: str, count: int) -> list[Any]:
        """Those behind a place."""
        found = [each for each in self.records if each[0] > _pair(since.lstrip("("))]
        return [[_text(at), [field, octets]] for at, field, octets in found[:count]]

    def xrevrange(self, key: bytes, *_: Any) -> list[Any]:
        """The last one."""
        return [[_text(at), [field, octets]] for at, field, octets in self.records[-1:]]

    def expire(self, key: bytes, seconds: int) -> int:
        """Keep it no longer."""
        return 1

    def publish(self, key: bytes, said: bytes) -> int:
        """Tell who listens."""
        for each in self.listening:
            each.told(said)
        return len(self.listening)


class FakeValkey:
    """
    What one machine has of it.

    @ivar away: whether it has no connection.
    @cvar section: whose it is.
    @ivar told: what it was to be told with.
    """

    section = "stage shared"

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.away = False
        self.told: Callable[[bytes], object] = lambda _: None
        self.ups: list[Callable[[], object]] = []

    def ask(self, *command: Any) -> Deferred[Any]:
        """See L{Valkey.ask<dotchain.valkey.service.Valkey.ask>}."""
        if self.away:
            return fail(Away("no connection"))
        try:
            return succeed(self.server.do(*command))
        except Away as error:
            return fail(error)

    def subscribe(self, channel: bytes, told: Callable[[bytes], object]) -> None:
        """See L{Valkey.subscribe<dotchain.valkey.service.Valkey.subscribe>}."""
        self.told = told
        self.server.listening.append(self)

    def whenUp(self, call: Callable[[], object]) -> None:
        """See L{Valkey.whenUp<dotchain.valkey.service.Valkey.whenUp>}."""
        self.ups.append(call)

    def leave(self) -> None:
        """The connection ends."""
        self.away = True
        self.server.listening.remove(self)

    def comeBack(self) -> None:
        """It stands again."""
        self.away = False
        if self not in self.server.listening:
            self.server.listening.append(self)
        for each in self.ups:
            each()


def _pair(text: str) -> tuple[int, int]:
    time, _, number = text.partition("-")
    return int(time), int(number)


def _text(at: tuple[int, int]) -> bytes:
    return b"%d-%d" % at
