"""Tests of answers that survive a restart."""

from __future__ import annotations

import itertools
import stat
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogLevel, capturedLogs

from dotchain.options import OptionError
from dotchain.resolver import NoAnswer
from dotchain.stages.cache.persistence import Persistence
from dotchain.stages.cache.stage import Cache
from dotchain.testing import (
    SOA,
    Scripted,
    StageCase,
    VirtualReactor,
    makeAnswer,
    makeQuery,
    recordsOf,
    ttlsOf,
)
from dotchain.wire import Answer, Query
from dotchain.wire.codes import NXDOMAIN, SERVFAIL

from ...folders import folder
from .cachecase import DAY, FOO

BAR = makeQuery("bar.example.org.")
GONE = makeQuery("gone.example.org.")
DOWN = NoAnswer("timeout")


def answering(query: Query) -> Answer:
    """An address, or that there is none."""
    if query.key == GONE.key:
        return makeAnswer(query, authority=[SOA], rcode=NXDOMAIN)
    return makeAnswer(query, f"{query.name} {100 if query.key == FOO.key else 1000} IN A 192.0.2.1")


class PersistenceCase(StageCase):
    """Caches one after the other, each with a clock that begins anew, and a wall clock for all."""

    def setUp(self) -> None:
        """A folder."""
        self.folder = folder(self)
        self.file = self.folder / "saved"
        self.wall = 1_700_000_000.25
        self.boot = 5000.5
        self.options: dict[str, Any] = {}

    def start(self, *script: Any) -> Cache:
        """A daemon's start."""
        self.clock = VirtualReactor()
        self.clock.advance(self.boot)
        self.next = Scripted(*(script or [answering]))
        self.stage = Cache(self.next, self.clock, self.clock.seconds, save=self.file, **self.options)
        persistence = self.stage._persistence
        assert persistence is not None
        persistence._wall = lambda: self.wall
        self.stage.startService()
        return self.stage

    def run_(self, seconds: float) -> None:
        """Let time go by, slice by slice."""
        for _ in range(100):
            self.clock.advance(Persistence.PAUSE)
        self.clock.advance(max(seconds - 100 * Persistence.PAUSE, 0))
        self.wall += seconds

    def stop(self) -> None:
        """Its end."""
        stopped = self.stage.stopService()
        self.clock.pump([0] * 200)
        self.successResultOf(stopped)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.boot = self.clock.seconds()

    def ask(self, query: Query = FOO) -> Answer:
        """The answer to a query."""
        return self.settled(self.stage.resolve(query), self.next)

    def begun(self, *script: Any) -> None:
        """A daemon that has been there for a second."""
        self.start(*script)
        self.run_(1)

    def filled(self) -> None:
        """A cache that has had answers, and was stopped 10 seconds later."""
        self.begun()
        for query in (FOO, BAR, GONE):
            self.ask(query)
        self.run_(10)
        self.stop()

    def down(self, wall: float, steady: float | None = None) -> None:
        """The daemon is stopped for so long, as the wall clock and the steady one tell."""
        self.wall += wall
        self.boot += wall if steady is None else steady

    def restarted(self, *script: Any) -> None:
        """The next daemon, once it has read the file; nobody is behind it."""
        self.begun(*(script or [DOWN]))


class RestartTests(PersistenceCase):
    """What is there after a restart."""

    def assertLeft(self, query: Query, real: int) -> None:
        """An answer has never more left of its time than it really has, and at most 2 s less."""
        self.assertIn(ttlsOf(self.ask(query))[0], (real - 2, real - 1, real))

    def test_answers(self) -> None:
        """Answers and denials are there, and their time has gone on meanwhile."""
        self.filled()
        self.down(20)
        self.restarted()
        self.assertEqual(recordsOf(FOO, self.ask())[0][0].split()[3:], ["A", "192.0.2.1"])
        self.assertLeft(FOO, 69)
        self.assertLeft(BAR, 969)
        self.assertLeft(GONE, 29)
        self.assertEqual(self.ask(GONE).rcode, NXDOMAIN)
        self.assertEqual(self.ask(makeQuery("gone.example.org.", "TXT")).rcode, NXDOMAIN)
        self.assertEqual(self.next.asked, [])

    def test_expired(self) -> None:
        """What has expired meanwhile is not given."""
        self.filled()
        self.down(90)
        self.restarted()
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.assertEqual(self.stage.entries, 2)
        self.assertLeft(BAR, 899)

    def test_stale(self) -> None:
        """With stale what has expired, then or meanwhile, is there for bad times."""
        self.options = {"stale": float(DAY)}
        self.filled()
        self.down(2000)
        self.restarted()
        for query in (FOO, BAR):
            answer = self.ask(query)
            self.assertEqual((ttlsOf(answer), answer.errors), ([30], ((3, ""),)))
        self.stop()
        self.down(DAY)
        self.restarted()
        self.assertEqual(self.stage.entries, 0)

    def test_setForward(self) -> None:
        """A clock that was set forward shortens lives, and lengthens none."""
        self.filled()
        self.down(500, 1)
        self.restarted()
        self.assertEqual(self.stage.entries, 1)
        self.assertLeft(BAR, 489)

    def test_setBack(self) -> None:
        """A clock that was set back lengthens no lives: the steady one is believed, or all is dropped."""
        self.filled()
        self.down(1, 500)
        self.restarted()
        self.assertEqual(self.stage.entries, 1)
        self.assertLeft(BAR, 489)
        self.stop()
        self.down(-3600, 1)
        with capturedLogs() as logs:
            self.restarted()
        self.assertEqual(self.stage.entries, 0)
        self.assertIn("the clock was set back", logs[0]["why"])

    def test_reboot(self) -> None:
        """The steady clock begins anew with the machine."""
        self.filled()
        self.down(20, -self.boot + 3)
        self.restarted()
        self.assertLeft(BAR, 969)

    def test_failures(self) -> None:
        """Failures are not saved: a restart is a reason to try again."""
        self.begun(DOWN)
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.assertEqual(self.ask().rcode, SERVFAIL)
        self.stop()
        self.restarted(answering)
        self.assertEqual(self.stage.entries, 0)

    def test_longest(self) -> None:
        """max-ttl counts for what was saved before it was lowered."""
        self.filled()
        self.options = {"max_ttl": 50.0}
        self.restarted()
        self.assertLessEqual(ttlsOf(self.ask(BAR))[0], 50)

    def test_newerStays(self) -> None:
        """What was fetched before the file was read is newer than what is in it."""
        self.filled()
        self.start(lambda query: makeAnswer(query, f"{query.name} 7 IN A 192.0.2.7"))
        self.ask(BAR)
        self.run_(1)
        self.assertEqual((ttlsOf(self.ask(BAR)), self.stage.entries), ([6], 3))

    def test_smaller(self) -> None:
        """A cache that has become smaller takes what it has room for."""
        self.begun()
        for number in range(300):
            self.ask(makeQuery(f"n{number}.example.org."))
        self.stop()
        self.options = {"size": 50_000}
        self.restarted()
        self.assertLessEqual(self.stage.octets, 50_000)
        self.assertGreater(self.stage.entries, 60)


class FileTests(PersistenceCase):
    """The file itself."""

    def test_private(self) -> None:
        """Nobody else may read which names were asked for; nothing else is left in the folder."""
        self.file = self.folder / "deep" / "saved"
        self.filled()
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.file.parent.stat().st_mode), 0o700)
        self.assertEqual([each.name for each in self.file.parent.iterdir()], ["saved"])

    def test_leftOver(self) -> None:
        """What a killed daemon left behind, or someone put there, is not written through."""
        other = self.folder / "other"
        other.write_bytes(b"precious")
        (self.folder / "saved.new").symlink_to(other)
        self.filled()
        self.assertEqual(other.read_bytes(), b"precious")
        self.assertFalse(self.file.is_symlink())

    def test_none(self) -> None:
        """No file is no reason for a line in the log."""
        with capturedLogs() as logs:
            self.restarted()
        self.assertEqual(logs, [])

    def assertBeginsEmpty(self, why: str) -> None:
        """One line says why, and the cache begins empty, and is saved at the end as always."""
        with capturedLogs() as logs:
            self.restarted(answering)
        self.assertEqual([event["log_level"] for event in logs], [LogLevel.warn])
        self.assertIn(why, logs[0]["why"])
        self.assertIn(str(self.file), logs[0]["why"])
        self.assertEqual((self.stage.entries, self.stage.octets), (0, 0))
        self.ask(BAR)
        self.stop()
        self.restarted()
        self.assertEqual(self.stage.entries, 1)

    def test_damaged(self) -> None:
        """Damaged anywhere, nothing of it is used, not even what was before that."""
        self.begun()
        for number in range(1000):
            self.ask(makeQuery(f"n{number}.example.org."))
        self.stop()
        octets = self.file.read_bytes()
        self.file.write_bytes(octets[:-20])
        self.assertBeginsEmpty("is damaged")

    def test_foreign(self) -> None:
        """A file of something else is told to be that."""
        self.file.write_bytes(b"example.org. IN A 192.0.2.1\n")
        self.assertBeginsEmpty("is no file of a cache")

    def test_meanwhile(self) -> None:
        """What is being asked for while a file is found to be of no use is kept when it comes."""
        self.file.write_bytes(b"example.org. IN A 192.0.2.1\n")
        asked: Deferred[Answer] = Deferred()
        self.start(lambda query: asked)
        self.stage.resolve(FOO)
        self.run_(1)
        asked.callback(answering(FOO))
        self.assertEqual(self.stage.entries, 1)

    def test_newer(self) -> None:
        """A file of a later version is not guessed at."""
        self.filled()
        self.file.write_bytes(self.file.read_bytes().replace(b"cache 1\n", b"cache 2\n"))
        self.assertBeginsEmpty("another version")

    def test_unreadable(self) -> None:
        """What can't be opened is told with the system's reason."""
        (self.folder / "file").write_bytes(b"")
        self.file = self.folder / "file" / "saved"
        with capturedLogs() as logs:
            self.restarted()
            self.stop()
        self.assertEqual([event["log_level"] for event in logs], [LogLevel.warn, LogLevel.error])
        for event in logs:
            self.assertIn("file", event["why"])
            self.assertNotIn("Traceback", event["why"])

    def test_folder(self) -> None:
        """A folder is refused when the stage is made."""
        error = self.assertRaises(
            OptionError, Cache, Scripted(answering), MemoryReactorClock(), save=self.folder
        )
        self.assertEqual(error.key, "save")


class SliceTests(PersistenceCase):
    """Nobody waits for the file."""

    def many(self, count: int = 2000) -> None:
        """A file with many answers."""
        self.begun()
        for number in range(count):
            self.ask(makeQuery(f"n{number}.example.org."))
        self.stop()

    def test_startsAtOnce(self) -> None:
        """Nothing is read at the start itself, and then a little at a time."""
        self.many()
        self.start()
        self.assertEqual(self.stage.entries, 0)
        counts: list[int] = []
        while not counts or counts[-1] < 2000:
            self.clock.advance(Persistence.PAUSE)
            counts.append(self.stage.entries)
        steps = [after - before for before, after in itertools.pairwise(counts)]
        self.assertLess(max(steps), 500)

    def test_writtenNowAndThen(self) -> None:
        """Every quarter of an hour it is written, for the case that the end is sudden."""
        self.begun()
        self.ask(BAR)
        self.clock.advance(Persistence.EVERY)
        for _ in range(10):
            self.clock.advance(Persistence.PAUSE)
        self.assertTrue(self.file.exists())
        self.restarted()
        self.assertEqual(self.stage.entries, 1)

    def test_writtenInSlices(self) -> None:
        """While clients are served it is written a little at a time, and is whole at every moment."""
        self.many()
        before = self.file.read_bytes()
        self.restarted(answering)
        for number in range(2000):
            self.ask(makeQuery(f"m{number}.example.org."))
        self.clock.advance(Persistence.EVERY)
        slices = 0
        while self.file.read_bytes() == before:
            slices += 1
            self.clock.advance(Persistence.PAUSE)
        self.assertGreater(slices, 5)
        self.assertEqual([each.name for each in self.folder.iterdir()], ["saved"])

    def test_endWhileReading(self) -> None:
        """A daemon that is stopped before it has read the file leaves the file as it is."""
        self.many()
        before = self.file.read_bytes()
        self.start()
        self.clock.advance(Persistence.PAUSE)
        self.clock.advance(Persistence.PAUSE)
        self.assertNotEqual(self.stage.entries, 0)
        self.stop()
        self.assertEqual(self.file.read_bytes(), before)

    def test_endWhileWriting(self) -> None:
        """One that is stopped while it writes begins anew, and leaves one whole file."""
        self.many()
        self.restarted()
        self.stage.flush("n0.example.org")
        self.clock.advance(Persistence.PAUSE)
        self.assertEqual(len(list(self.folder.iterdir())), 2)
        self.stop()
        self.assertEqual([each.name for each in self.folder.iterdir()], ["saved"])
        self.restarted()
        self.assertEqual(self.stage.entries, 1999)

    def test_flush(self) -> None:
        """What is flushed while the file is read does not come from it, nor after the next start."""
        self.many()
        self.start()
        self.clock.advance(Persistence.PAUSE)
        self.stage.flush("n1999.example.org")
        self.run_(1)
        self.assertIsNone(self.stage._store.table.get(makeQuery("n1999.example.org.").key))
        self.start()
        self.run_(1)
        self.assertIsNone(self.stage._store.table.get(makeQuery("n1999.example.org.").key))
