"""Files of saved answers: what is wrong with them, and how they are read and written in slices."""

from __future__ import annotations

import itertools
import stat

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogLevel, capturedLogs

from dotchain.options import OptionError
from dotchain.stages.cache.persistence import Persistence
from dotchain.stages.cache.stage import Cache
from dotchain.testing import (
    Scripted,
    makeQuery,
)
from dotchain.wire import Answer

from .cachecase import FOO
from .persistencecase import BAR, PersistenceCase, answering


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

    def test_flushOnFullDisk(self) -> None:
        """What is flushed does not come back where no new file can be written: the old one goes."""
        self.filled()
        self.start()
        self.run_(1)
        (self.folder / "saved.new").mkdir()
        with capturedLogs() as logs:
            self.stage.flush("foo.example.org")
            self.run_(1)
        self.assertEqual([event["log_level"] for event in logs], [LogLevel.error])
        self.assertFalse(self.file.exists())
        (self.folder / "saved.new").rmdir()
        self.stop()
        self.restarted()
        self.assertEqual(self.stage.entries, 2)

    def test_fullDisk(self) -> None:
        """The file stays as it was where a new one can't be written."""
        self.filled()
        before = self.file.read_bytes()
        self.begun()
        (self.folder / "saved.new").mkdir()
        with capturedLogs():
            self.stop()
        self.assertEqual(self.file.read_bytes(), before)
