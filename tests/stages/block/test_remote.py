"""Lists at URLs: what is taken, and when."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from dotchain.stages.block import reading
from dotchain.stages.block.copies import Copy, Version
from dotchain.stages.block.core import Listed
from dotchain.stages.block.reading import ListReader, NotUsable
from dotchain.stages.block.refreshing import Refreshing
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


class RemoteListTests(RemoteCase):
    """L{RemoteList}."""

    def renew(self, octets: bytes, version: Version = FIRST) -> None:
        """Have the server send something that is taken."""
        renewed = self.begin()
        self.server.send(octets, version)
        self.turn()
        self.successResultOf(renewed)

    def begin(self) -> Deferred[None]:
        """Begin to renew it."""
        renewed = Deferred.fromCoroutine(self.remote.renew())
        self.addCleanup(renewed.cancel)
        return renewed

    def refused(self, octets: bytes) -> str:
        """Why something is not taken."""
        renewed, before = self.begin(), self.remote.listed
        self.server.send(octets, Version('"2"'))
        self.turn()
        self.assertIs(self.remote.listed, before)
        return str(self.failureResultOf(renewed, NotUsable).value)

    def line(self, name: bytes) -> int:
        """The line that blocks a name."""
        assert self.remote.listed is not None
        return self.remote.listed.blocks(name)

    def test_taken(self) -> None:
        """What comes is in use once it has been read."""
        self.renew(b"ads.example\n")
        self.assertEqual((self.line(ADS), self.line(MORE)), (1, 0))
        self.renew(b"\nmore.example\n")
        self.assertEqual((self.line(ADS), self.line(MORE)), (0, 2))

    def test_entry(self) -> None:
        """What stands in a line can be told of the copy, as long as that is of this version."""
        self.renew(b"\n||ads.example^\n")
        first = self.remote.listed
        assert first is not None
        self.assertEqual(first.entry(2), "||ads.example^")
        self.renew(b"more.example\n", Version('"2"'))
        self.assertEqual(first.entry(2), "")

    def test_packed(self) -> None:
        """A list may be packed."""
        self.renew(gzip.compress(b"ads.example\n"))
        self.assertEqual(self.line(ADS), 1)

    def test_damaged(self) -> None:
        """One that is packed and ends too early is not taken."""
        self.assertIn("damaged", self.refused(gzip.compress(b"ads.example\n")[:-4]))

    def test_bomb(self) -> None:
        """What is packed is unpacked piece by piece, and no further than to a bound."""
        self.patch(reading, "_MOST", 10_000)
        self.assertEqual(self.refused(gzip.compress(b"ads.example\n" * 100_000)), "it is too large")

    def test_unchanged(self) -> None:
        """The version that is in use is asked about; if it is the newest, it is as good as fetched."""
        self.renew(b"ads.example\n")
        before = self.remote.listed
        self.wall += 1000
        self.assertEqual(self.remote.age, 1000)
        renewed = self.begin()
        self.server.unchanged()
        self.successResultOf(renewed)
        self.assertEqual(self.server.asked, [Version(), FIRST])
        self.assertEqual((self.remote.age, self.remote.listed), (0, before))

    def test_noList(self) -> None:
        """A web page, an empty one, nonsense: the list of before stays, in use and on disk."""
        self.renew(b"ads.example\n")
        self.assertIn("web page", self.refused(b"\n <!DOCTYPE html>\n<p>moved</p>\n"))
        self.assertIn("no name", self.refused(b""))
        self.assertIn("no name", self.refused(b"# nothing\n"))
        self.assertIn("no list", self.refused(b'{"error": "quota exceeded"}\n' * 3 + b"ok.example\n"))
        self.assertEqual(self.server.asked[-1], FIRST)
        self.assertEqual(self.restarted().blocks(ADS), 1)

    def restarted(self) -> Listed:
        """The list after a restart without any network."""
        again = self.made(self.folder)
        again.load()
        assert again.listed is not None
        return again.listed

    def test_tenTimes(self) -> None:
        """One that has become ten times as large, or as small, is not believed."""
        names = [b"a%d.example\n" % number for number in range(1000)]
        self.renew(b"".join(names[:100]))
        self.assertIn("10 names instead of 100", self.refused(b"".join(names[:10])))
        self.assertIn("1000 names instead of 100", self.refused(b"".join(names)))
        self.renew(b"".join(names[:11]))
        self.renew(b"".join(names[:109]))

    def test_slow(self) -> None:
        """A fetch that takes too long is told as such."""
        renewed = self.begin()
        self.server.fail(defer.TimeoutError())
        self.assertEqual(str(self.failureResultOf(renewed, NotUsable).value), "its server is too slow")

    def test_restart(self) -> None:
        """The last good copy is in use after a restart, as old as it is, and its version is known."""
        self.renew(b"ads.example\n")
        self.wall += 500
        self.remote = self.made(self.folder)
        self.remote.load()
        self.assertEqual(self.line(ADS), 1)
        self.begin().addErrback(lambda _: None)
        self.assertEqual(self.server.asked[-1], FIRST)

    def test_damagedCopy(self) -> None:
        """A copy that is none is told, and the list is fetched as if there were none."""
        self.renew(b"ads.example\n")
        (file,) = self.folder.iterdir()
        file.write_bytes(b"x")
        self.remote = self.made(self.folder)
        self.remote.load()
        self.assertIsNone(self.remote.listed)
        self.assertIn("its copy can't be used", self.remote.trouble)
        self.renew(b"ads.example\n")
        self.assertEqual(self.server.asked[-1], Version())

    def test_otherWorker(self) -> None:
        """What another worker has just fetched is taken from disk."""
        first, self.remote = self.remote, self.made(self.folder)
        self.renew(b"ads.example\n")
        (file,) = self.folder.iterdir()
        self.remote = first
        renewed = self.begin()
        self.turn()
        self.successResultOf(renewed)
        self.assertEqual((self.line(ADS), len(self.server.asked)), (1, 1))
        self.assertTrue(file.exists())

    def test_otherWorkersConfirmation(self) -> None:
        """Where another worker has been told that the list is still the newest, nothing is read or asked."""
        self.renew(b"ads.example\n")
        before = self.remote.listed
        self.wall += 1000
        Copy(self.folder, URL).confirm(self.wall)
        self.successResultOf(self.begin())
        self.assertEqual((self.remote.age, self.remote.listed, len(self.server.asked)), (0, before, 1))

    def test_noPlace(self) -> None:
        """Where no copy can be kept the list is in use all the same."""
        (self.folder / "file").write_text("")
        self.remote = self.made(self.folder / "file" / "lists")
        self.renew(b"ads.example\n")
        self.assertEqual(self.line(ADS), 1)
        self.assertIn("no copy of it can be kept", self.remote.trouble)

    def test_slices(self) -> None:
        """A long list is read in pieces, with others served between them; meanwhile the old one is in use."""
        self.renew(b"ads.example\n" * 3000)
        renewed = self.begin()
        self.server.send(b"more.example\n" * 3000)
        turns = 0
        while not renewed.called:
            self.assertEqual(self.line(ADS), 1)
            self.clock.advance(ListReader.PAUSE)
            turns += 1
        self.assertGreater(turns, 3)
        self.assertEqual(self.line(MORE), 1)


@implementer(ILogObserver)
class Lines:
    """Keeps what is told."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __call__(self, event: LogEvent) -> None:
        """See L{ILogObserver}."""
        if "line" in event:
            self._lines.append(event["line"])


class RefreshingTests(RemoteCase):
    """L{Refreshing}."""

    DAY = 86400.0

    def setUp(self) -> None:
        super().setUp()
        self.lines: list[str] = []
        self.changes: list[object] = []
        observer = Lines(self.lines)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.refreshing = self.begun()

    def begun(self) -> Refreshing:
        """Keep the list up to date."""
        made = Refreshing(self.remote, self.DAY, self.clock, lambda: self.changes.append(self.remote.listed))
        made.section = "stage ads"
        made.start()
        self.addCleanup(made.stop)
        return made

    def wait(self) -> float:
        """Seconds until the next fetch."""
        (call,) = self.clock.getDelayedCalls()
        return call.getTime() - self.clock.seconds()

    def due(self) -> None:
        """Let it begin."""
        self.clock.advance(self.wait())

    def test_start(self) -> None:
        """Without a list it is fetched at once, and then once a day, give or take a tenth."""
        self.assertLessEqual(self.wait(), 1)
        self.due()
        self.server.send(b"ads.example\n")
        self.turn()
        self.assertEqual(len(self.changes), 1)
        self.assertApproximates(self.wait(), self.DAY, self.DAY / 10 + 60)
        self.assertEqual(self.lines, ["[stage ads] lists.example.org: 1 name"])

    def test_failing(self) -> None:
        """It is tried soon, and ever later, up to an hour; the log is told once."""
        waits = []
        for _ in range(14):
            self.due()
            self.server.fail(NotUsable("its server answers 503"))
            waits.append(self.wait())
        self.assertApproximates(waits[0], 5, 0.5)
        self.assertApproximates(waits[1], 10, 1)
        self.assertApproximates(waits[-1], 3600, 360)
        self.assertEqual(self.refreshing.failures, 14)
        self.assertEqual(
            self.lines, ["[stage ads] lists.example.org: its server answers 503; nothing is on it yet"]
        )

    def test_afterFailure(self) -> None:
        """Once it has worked the next failure is told, and tried again as soon."""
        self.due()
        self.server.fail(NotUsable("its server answers 503"))
        self.due()
        self.server.send(b"ads.example\n")
        self.turn()
        self.due()
        self.server.fail(NotUsable("its server answers 503"))
        self.assertApproximates(self.wait(), 5, 0.5)
        self.assertIn("; the list of before stays in use", self.lines[-1])

    def test_hurry(self) -> None:
        """A reload has it fetched now, but not twice at a time."""
        self.due()
        self.refreshing.hurry()
        self.server.send(b"ads.example\n")
        self.turn()
        self.refreshing.hurry()
        self.clock.advance(0)
        self.assertEqual(len(self.server.asked), 2)

    def test_stop(self) -> None:
        """At the end nothing is fetched any more, and nothing left behind."""
        self.due()
        self.refreshing.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_stopWhileReading(self) -> None:
        """Nor is what has come read to its end."""
        self.due()
        self.server.send(b"ads.example\n" * 3000)
        self.refreshing.stop()
        self.assertEqual((self.clock.getDelayedCalls(), list(self.folder.iterdir())), ([], []))

    def test_fresh(self) -> None:
        """With a copy that is fresh, a start fetches nothing before its time."""
        self.due()
        self.server.send(b"ads.example\n")
        self.turn()
        self.refreshing.stop()
        self.wall += 1000
        self.remote = self.made(self.folder)
        self.remote.load()
        self.begun()
        self.assertApproximates(self.wait(), self.DAY - 1000, 31)

    def test_bug(self) -> None:
        """A bug is told with a traceback, and the list is tried again."""
        self.due()
        self.server.fail(KeyError("x"))
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)
        self.assertGreater(self.wait(), 3000)
