"""
C{python -m tests.interop.liar PORT LIE}: a Valkey server that behaves, until SIGUSR1 has it lie.

SIGUSR2 has it behave again. It holds what it is told to hold, as far as a shared cache asks it for that.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hiredis

from .daemon import Daemon, until
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
        if name.upper() == b"LOOKED":
            return b":%d\r\n" % self.looked
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
    """
    The server, in an event loop.

    @ivar lies: whether it does.
    """

    def __init__(self, lie: Lie) -> None:
        self.holding = Holding()
        self.lies = False
        self._lie = lie

    def respond(self, way: asyncio.Transport, commands: list[list[bytes]]) -> None:
        """What came in one piece has its replies, or a lie in their place; to its own test it never lies."""
        replies = [self.holding.reply(command) for command in commands]
        truly = not self.lies or commands[0][0] == b"LOOKED"
        (honest if truly else self._lie)(way, replies)

    def set(self, lies: bool) -> None:
        """From now on."""
        self.lies = lies
        sys.stdout.write(f"{'lies' if lies else 'behaves'}\n")
        sys.stdout.flush()


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

    def __init__(self, folder: Path, lie: str) -> None:
        super().__init__(folder)
        self.port = freePort()
        self._lie = lie

    def command(self) -> list[str]:
        """This file as a program."""
        return [sys.executable, "-m", __name__, str(self.port), self._lie]

    def environment(self) -> dict[str, str]:
        """Where Python finds it."""
        return environment(CHECKOUT)

    def ready(self) -> bool:
        """It tells what it does."""
        return "behaves" in self.said()

    def looked(self) -> int:
        """How many keys it was asked for."""
        told = say(self.port, "LOOKED")
        assert isinstance(told, int), told
        return told

    @contextmanager
    def lying(self) -> Iterator[None]:
        """While the block lasts."""
        self._turn(signal.SIGUSR1, "lies")
        yield
        self._turn(signal.SIGUSR2, "behaves")

    def _turn(self, number: signal.Signals, word: str) -> None:
        before = self.said().count(word)
        self.process.send_signal(number)
        until(lambda: self.said().count(word) > before)


async def _serve(port: int, lie: str) -> None:
    loop, liar = asyncio.get_running_loop(), Liar(LIES[lie]())
    loop.add_signal_handler(signal.SIGUSR1, liar.set, True)
    loop.add_signal_handler(signal.SIGUSR2, liar.set, False)
    server = await loop.create_server(lambda: Link(liar), HOST, port)
    liar.set(False)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2]))
