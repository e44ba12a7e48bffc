"""TCP to an upstream through a hand that can close, reset or swallow it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from tests.interop.connection import resetAtClose
from tests.interop.loop import Looped
from tests.interop.ports import HOST, freePort


class RelayedConnection:
    """
    A connection to the relay, and the relay's own to the upstream.

    @ivar swallowed: nothing passes any more, and nobody is told.
    @ivar passed: how often octets have passed.
    """

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client, self.server = client, server
        self.swallowed = False
        self.passed = 0

    def swallow(self) -> None:
        """Let nothing pass any more."""
        self.swallowed = True

    def reset(self) -> None:
        """RST to both."""
        for writer in (self.client, self.server):
            if writer.is_closing():
                continue
            resetAtClose(writer.get_extra_info("socket"))
            writer.transport.abort()


class Relay(Looped):
    """
    What a client has in place of an upstream.

    @ivar port: where it listens.
    @ivar connections: all connections that were made and have not ended.
    """

    def __init__(
        self,
        to: int,
        idle: float | None = None,
        end: Callable[[RelayedConnection], None] = RelayedConnection.swallow,
    ) -> None:
        """
        @param to: the upstream's port.
        @param idle: seconds without an octet after which a connection meets its end; None for never.
        """
        super().__init__()
        self.port = freePort()
        self.connections: set[RelayedConnection] = set()
        self._to, self._idle, self._atRest = to, idle, end
        self._mute = False

    def swallow(self) -> None:
        """The connections that stand let nothing pass any more; new ones work."""
        self.loop.call_soon_threadsafe(self._each, RelayedConnection.swallow)

    def mute(self) -> None:
        """The connections that stand are reset; new ones are accepted, and then nothing comes."""
        self._mute = True
        self.loop.call_soon_threadsafe(self._each, RelayedConnection.reset)

    def _each(self, end: Callable[[RelayedConnection], None]) -> None:
        for connection in self.connections:
            end(connection)

    async def start(self) -> None:
        """Listen."""
        self._listening = await asyncio.start_server(self._serve, HOST, self.port)

    async def stop(self) -> None:
        """Reset everything."""
        self._listening.close()
        self._each(RelayedConnection.reset)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                await self._relay(reader, writer)
        finally:
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mute:
            await reader.read()
            return
        fromServer, server = await asyncio.open_connection(HOST, self._to)
        connection = RelayedConnection(writer, server)
        self.connections.add(connection)
        try:
            await asyncio.gather(
                self._pass(connection, reader, server), self._pass(connection, fromServer, writer)
            )
        finally:
            self.connections.discard(connection)
            server.transport.abort()

    async def _pass(
        self, connection: RelayedConnection, source: asyncio.StreamReader, to: asyncio.StreamWriter
    ) -> None:
        while octets := await source.read(65536):
            if not connection.swallowed:
                to.write(octets)
                self._wait(connection)
        if not connection.swallowed:
            to.close()

    def _wait(self, connection: RelayedConnection) -> None:
        """Begin to count the seconds anew."""
        connection.passed += 1
        if self._idle is not None:
            self.loop.call_later(self._idle, self._rested, connection, connection.passed)

    def _rested(self, connection: RelayedConnection, passed: int) -> None:
        if connection.passed == passed:
            self._atRest(connection)
