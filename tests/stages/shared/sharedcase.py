"""Machines that share a server, for tests of the stage."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from dotchain.api import Answer, Client, Result
from dotchain.options import Value
from dotchain.stages.shared.secret import Secret
from dotchain.stages.shared.stage import Shared
from dotchain.testing import Line, Scripted, StageCase
from dotchain.testing.messages import Asked, queryOf
from dotchain.valkey.servers import servers

from .memoryserver import Connection, MemoryServer

CLIENT = Client("192.0.2.77", "udp", "lan")
NAME = "www.example.org"
WWW = f"{NAME}. 300 IN A 192.0.2.1"
# Seconds since 1970.
NOW = 1_800_000_000.0


class Machine:
    """
    One that shares.

    @ivar stage: its stage.
    @ivar next: what stands behind it.
    @ivar ahead: seconds that its clock is ahead.
    @ivar rare: its other connection, for what is no look-up.
    """

    def __init__(self, case: SharedCase, next: Scripted, ahead: float, options: dict[str, Any]) -> None:
        options = {"secret": Secret(b"of all machines"), **options}
        self._case = case
        self.next = next
        self.ahead = ahead
        server, clock = servers("valkey://192.0.2.9"), case.clock
        self.stage = Shared(next, clock, self._wall, clock.seconds, server=server, **options)
        self.connection: Connection = case.server.connect(self.stage.valkey.store.links[0])
        self._link: Any = self.stage.valkey._servers.asked((b"SET", b"key"))
        self.rare: Connection = case.server.connect(self._link)

    def _wall(self) -> float:
        return NOW + self._case.clock.seconds() + self.ahead

    def lose(self) -> None:
        """What is no look-up can't be said to the server any more."""
        self._link.lost("gone")

    def begin(self, asked: Asked = NAME, client: Client = CLIENT) -> Result:
        """Ask, and have that leave."""
        result = self.stage.resolve(queryOf(asked, client))
        self._case.clock.advance(0)
        return result

    def ask(self, asked: Asked = NAME, client: Client = CLIENT) -> Answer:
        """Its answer to a query, with all that this takes of the server and of the next resolver."""
        result = self.begin(asked, client)
        self.connection.reply()
        self._case.clock.advance(0)
        self.rare.reply()
        answer = self._case.settled(result, self.next)
        self._case.clock.advance(0)
        self.connection.reply()
        return answer


class SharedCase(StageCase):
    """Machines that share a server."""

    @cached_property
    def server(self) -> MemoryServer:
        """The one that all have."""
        return MemoryServer()

    def machine(self, *script: Line, ahead: float = 0, **options: Any) -> Machine:
        """
        One more machine.

        @param script: what stands behind its stage says.
        @param options: as text, as the INI file has them, or as values.
        """
        read = {
            name: Shared.options[name.replace("_", "-")].read(Value(each)) if isinstance(each, str) else each
            for name, each in options.items()
        }
        return Machine(self, self.scripted(*script or (WWW,)), ahead, read)
