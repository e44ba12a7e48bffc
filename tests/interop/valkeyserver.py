"""valkey-server, or redis-server where that is what is installed, as a process of the test's own."""

from __future__ import annotations

import shutil
import socket
from contextlib import suppress
from pathlib import Path

import hiredis

from .daemon import Daemon, program
from .ports import HOST, freePort


def installed(name: str = "server") -> str:
    """
    Where C{valkey-NAME} is, or C{redis-NAME}, which does the same.

    Without either the test is unavailable.
    """
    return shutil.which(f"valkey-{name}") or program(f"redis-{name}")


def packed(*words: str | bytes) -> bytes:
    """A command, as it is sent."""
    octets = [word.encode() if isinstance(word, str) else word for word in words]
    return b"*%d\r\n" % len(octets) + b"".join(b"$%d\r\n%b\r\n" % (len(each), each) for each in octets)


def say(port: int, *command: str | bytes, timeout: float = 5, password: str = "") -> object:
    """
    What a server replies to one command; an error is a L{hiredis.ReplyError} in its place.

    @param password: of the user that everyone is who is nobody else.
    @raise OSError: where nothing is there, or no whole reply comes in time.
    """
    first = [packed("AUTH", password)] if password else []
    reader = hiredis.Reader()
    with socket.create_connection((HOST, port), timeout) as link:
        link.sendall(b"".join((*first, packed(*command))))
        return [_reply(link, reader) for _ in (*first, command)][-1]


def _reply(link: socket.socket, reader: hiredis.Reader) -> object:
    while (reply := reader.gets()) is False:
        octets = link.recv(65536)
        if not octets:
            raise ConnectionResetError("it closed")
        reader.feed(octets)
    return reply


class ValkeyServer(Daemon):
    """
    The server: nothing on disk, and its own defaults in all else.

    It may be started again after its end: it has the same port and nothing of what it held.

    @ivar port: its port.
    @ivar options: more words of its command line.
    """

    name = "valkey"

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        super().__init__(folder)
        self.port = port or freePort()
        self.options = options

    def command(self) -> list[str]:
        """In the foreground."""
        own = ("--bind", HOST, "--port", str(self.port), "--dir", str(self.folder), "--save", "")
        return [installed(), *own, *self.options]

    def ready(self) -> bool:
        """It replies, be it that it wants a password."""
        with suppress(OSError):
            return say(self.port, "PING", timeout=1) is not None
        return False

    def say(self, *command: str | bytes, password: str = "") -> object:
        """See L{say}."""
        return say(self.port, *command, password=password)

    def looked(self) -> int:
        """How many keys it was asked for since it started; 0 where it doesn't say."""
        with suppress(OSError):
            told = say(self.port, "INFO", "stats", timeout=0.5)
            if isinstance(told, bytes):
                figures = dict(line.split(":", 1) for line in told.decode().split() if ":" in line)
                return int(figures["keyspace_hits"]) + int(figures["keyspace_misses"])
        return 0
