"""A relay of octets, as routers, NATs and tunnels are: it can forget the connections that go through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ..interop.connection import resetAtClose
from ..interop.loop import Looped
from ..interop.ports import HOST, freePort


class Relay(Looped):
    """
    Passes connections on to a port, until the C{with} block ends.

    @ivar port: where it listens.
    @ivar accepted: connections that came.
    """

    def __init__(self, to: int) -> None:
        super().__init__()
        self.port = freePort()
        self.to = to
        self.accepted = 0
        self._open: list[_End] = []

    async def start(self) -> None:
        """Listen."""
        self._listening = await self.loop.create_server(lambda: _Near(self), HOST, self.port)

    async def stop(self) -> None:
        """Close everything at once."""
        self._listening.close()
        for end in self._open:
            end.transport.abort()

    def opened(self, end: _End) -> None:
        """One more end of a connection."""
        self._open.append(end)

    def blackHole(self) -> None:
        """Pass nothing more on through the present connections, without closing them; new ones work."""
        self.run(self._have(_End.fallSilent))

    def forget(self) -> None:
        """Answer the next octets on each of the present connections with RST, as a NAT that has lost them."""
        self.run(self._have(_End.becomeUnknown))

    async def _have(self, what: Callable[[_End], None]) -> None:
        for end in self._open:
            what(end)


class _End(asyncio.Protocol):
    """One end of a connection through the relay."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self.other: _End | None = None
        self.unknown = self.silent = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self._relay.opened(self)

    def data_received(self, data: bytes) -> None:
        """See L{asyncio.Protocol}."""
        if self.unknown:
            resetAtClose(self.transport.get_extra_info("socket"))
            self.transport.abort()
        elif self.other is not None and not self.silent:
            self.other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None and not (self.unknown or self.silent):
            self.other.transport.close()

    def fallSilent(self) -> None:
        self.silent = True

    def becomeUnknown(self) -> None:
        self.unknown = True


class _Near(_End):
    """The end that the client is at: it opens the other one."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._relay.accepted += 1
        self.transport.pause_reading()
        self._joining = asyncio.ensure_future(self._join())

    async def _join(self) -> None:
        relay = self._relay
        _, self.other = await relay.loop.create_connection(lambda: _End(relay), HOST, relay.to)
        self.other.other = self
        if not self.transport.is_closing():
            self.transport.resume_reading()
