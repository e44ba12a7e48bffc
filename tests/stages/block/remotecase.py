"""A server of lists, and lists that come from it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.block.copies import Copy, Version
from dotchain.stages.block.reading import ListReader
from dotchain.stages.block.remote import RemoteList
from dotchain.stages.block.sources import Source

from ...folders import folder

URL = "https://lists.example.org/secret"


SOURCE = Source("lists.example.org", url=URL)


ADS, MORE = b"\x03ads\x07example\0", b"\x04more\x07example\0"


FIRST = Version('"1"')


class Server:
    """
    What a list server has, without the way there.

    @ivar asked: which versions were known to those who asked.
    """

    def __init__(self) -> None:
        self.asked: list[Version] = []
        self._waiting: list[tuple[Deferred[Version | None], BinaryIO]] = []

    def fetch(self, url: str, known: Version, file: BinaryIO) -> Deferred[Version | None]:
        """See L{Fetcher.fetch}."""
        self.asked.append(known)
        made: Deferred[Version | None] = Deferred()
        self._waiting.append((made, file))
        return made

    def send(self, octets: bytes, version: Version = FIRST) -> None:
        """Answer the one that has waited longest."""
        made, file = self._waiting.pop(0)
        file.write(octets)
        made.callback(version)

    def unchanged(self) -> None:
        """It still is the newest."""
        self._waiting.pop(0)[0].callback(None)

    def fail(self, error: Exception) -> None:
        """Nothing comes."""
        self._waiting.pop(0)[0].errback(error)


class RemoteCase(SynchronousTestCase):
    """
    A list whose server is the test.

    @ivar wall: the wall clock.
    """

    def setUp(self) -> None:
        self.clock = Clock()
        self.wall = 1e9
        self.server = Server()
        self.folder = folder(self)
        self.remote = self.made(self.folder)

    def made(self, state: Path | None) -> RemoteList:
        """A list of a worker of its own."""
        reader = ListReader("auto", self.clock)
        return RemoteList(SOURCE, Copy(state, URL), self.server, reader, lambda: self.wall)  # type: ignore[arg-type]

    def turn(self) -> None:
        """Let a list be read to its end."""
        self.clock.pump([0.01] * 1200)
