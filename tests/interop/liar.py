"""
C{python -m tests.interop.liar PORT}: a Valkey server that behaves, until it is told to lie.

It holds what it is told to hold, as far as a shared cache asks for that. Two commands are its own: C{LIE}
with the name of a lie, or C{honest}, and C{LOOKED}, how many keys it was asked for. To these it never lies.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import hiredis

from .daemon import Daemon
from .dotchain import CHECKOUT, environment
from .lies import LIES, NULL, OK, Lie, bulk, honest
from .ports import HOST, freePort
from .valkeyserver import say


class Holding:
    """
    What the server knows, and its replies.

    @ivar looked: how many keys it was asked for.
    """

    def __init__(self) -> None:
        self.looked = 0
        self._values: dict[bytes, tuple[bytes, float]] = {}

    def reply(self, command: list[bytes]) -> bytes:
        """To one command."""
        name, *rest = command
        told = _TOLD.get(name.upper())
        if told is not None:
            return told
        if name.upper() == b"GET":
            return self._get(rest[0])
        if name.upper() == b"MGET":
            return b"*%d\r\n" % len(rest) + b"".join(map(self._get, rest))
        if name.upper() == b"SET":
            return self._set(*rest)
        return b"-ERR unknown command\r\n"

    def _get(self, key: bytes) -> bytes:
        self.looked += 1
        return self._value(key)

    def _value(self, key: bytes) -> bytes:
        value, end = self._values.get(key, (b"", 0.0))
        return bulk(value) if time.monotonic() < end else NULL

    def _set(self, key: bytes, value: bytes, *options: bytes) -> bytes:
        words = [each.upper() for each in options]
        if b"NX" in words and self._value(key) != NULL:
            return NULL
        seconds = 3600.0
        for word, unit in ((b"EX", 1.0), (b"PX", 0.001)):
            if word in words:
                seconds = unit * int(words[words.index(word) + 1])
        self._values[key] = value, time.monotonic() + seconds
        return OK


_TOLD = {
    **dict.fromkeys((b"AUTH", b"SELECT", b"CLIENT"), OK),
    b"PING": b"+PONG\r\n",
    b"PUBLISH": b":0\r\n",
    b"ZRANGEBYSCORE": b"*0\r\n",
}


class Liar:
    """The server, in an event loop."""

    def __init__(self) -> None:
        self._holding = Holding()
        self._lie: Lie = honest

    def respond(self, way: asyncio.Transport, commands: list[list[bytes]]) -> None:
        """What came in one piece has its replies, or a lie in their place."""
        own = _OWN.get(commands[0][0])
        if own is not None:
            way.write(own(self, *commands[0][1:]))
        else:
            self._lie(way, [self._holding.reply(command) for command in commands])

    def lie(self, name: bytes) -> bytes:
        """From now on."""
        self._lie = LIES[name.decode()]() if name != _HONEST else honest
        return OK

    def looked(self) -> bytes:
        """At so many keys."""
        return b":%d\r\n" % self._holding.looked


_HONEST = b"honest"
_OWN: dict[bytes, Callable[..., bytes]] = {b"LIE": Liar.lie, b"LOOKED": Liar.looked}


class Link(asyncio.Protocol):
    """A connection to it."""

    def __init__(self, liar: Liar) -> None:
        self._liar = liar
        self._reader = hiredis.Reader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See L{asyncio.Protocol}."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """See L{asyncio.Protocol}."""
        self._reader.feed(data)
        commands: list[Any] = []
        while (command := self._reader.gets()) is not False:
            commands.append(command)
        if commands:
            self._liar.respond(self._transport, commands)


class LyingServer(Daemon):
    """
    The same as a process.

    @ivar port: its port.
    """

    name = "liar"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = freePort()

    def command(self) -> list[str]:
        """This file as a program."""
        return [sys.executable, "-m", __name__, str(self.port)]

    def environment(self) -> dict[str, str]:
        """Where Python finds it."""
        return environment(CHECKOUT)

    def ready(self) -> bool:
        """It replies."""
        with suppress(OSError):
            return say(self.port, "PING") == b"PONG"
        return False

    def looked(self) -> int:
        """How many keys it was asked for."""
        told = say(self.port, "LOOKED")
        assert isinstance(told, int), told
        return told

    @contextmanager
    def lying(self, name: str) -> Iterator[None]:
        """While the block lasts it tells this lie."""
        assert say(self.port, "LIE", name) == b"OK"
        yield
        assert say(self.port, "LIE", _HONEST) == b"OK"


async def _serve(port: int) -> None:
    liar = Liar()
    server = await asyncio.get_running_loop().create_server(lambda: Link(liar), HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
