"""A server of values without a network."""

from __future__ import annotations

from typing import Any

import hiredis

from dotchain.valkey.link import Link


class MemoryServer:
    """
    What it holds, and for how long; several machines may be connected.

    @ivar values: values by their keys.
    @ivar seconds: how long each is kept.
    @ivar commands: the names of all commands that have come.
    @ivar hangs: whether it reads and says nothing.
    """

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.seconds: dict[bytes, int] = {}
        self.claims: set[bytes] = set()
        self.commands: list[bytes] = []
        self.hangs = False

    def connect(self, link: Link) -> Connection:
        """Have a machine connected."""
        made = Connection(self, link)
        link.attach(made)
        link.ready()
        return made

    def done(self, command: list[bytes]) -> bytes:
        """The reply to a command."""
        self.commands.append(command[0])
        if b"NX" in command:
            # A claim, which nobody waits for so long that it would be over.
            isFirst = command[1] not in self.claims
            self.claims.add(command[1])
            return b"+OK\r\n" if isFirst else b"$-1\r\n"
        if command[0] == b"SET":
            self.values[command[1]], self.seconds[command[1]] = command[2], int(command[4])
            return b"+OK\r\n"
        value = self.values.get(command[1])
        return b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value)


class Connection:
    """What a machine writes to; whose replies come when they are asked for."""

    def __init__(self, server: MemoryServer, link: Link) -> None:
        self._server = server
        self._link = link
        self._reader = hiredis.Reader()
        self._replies: list[bytes] = []

    def write(self, octets: bytes) -> None:
        """Commands have come."""
        self._reader.feed(octets)
        command: Any
        while (command := self._reader.gets()) is not False:
            self._replies.append(self._server.done(command))

    def reply(self) -> None:
        """The replies arrive, unless it hangs."""
        if self._replies and not self._server.hangs:
            replies, self._replies = self._replies, []
            self._link.take(b"".join(replies))

    def registerProducer(self, producer: object, streaming: bool) -> None:
        """It reads all at once."""

    def unregisterProducer(self) -> None:
        """Likewise."""

    def abortConnection(self) -> None:
        """Nothing is left of it."""
