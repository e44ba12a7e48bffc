"""The log's file under log rotation."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.logfile import Log

from ..folders import folder


class LogTests(SynchronousTestCase):
    """L{Log}."""

    def setUp(self) -> None:
        """A log with a line in it."""
        self.path = folder(self) / "d.log"
        self.moved = self.path.with_name("d.log.1")
        self.log = Log(self.path)
        self.addCleanup(self.log.close)
        self.log.write("one\n")

    def assertFiles(self, **texts: str) -> None:
        """These files are there, C{d} for the log, C{d1} for the one before, and no others."""
        names = {"d": self.path, "d1": self.moved}
        found = {each: each.read_text() for each in self.path.parent.iterdir()}
        self.assertEqual(found, {names[name]: text for name, text in texts.items()})

    def test_same(self) -> None:
        """Where nobody has touched it all goes on."""
        self.log.reopen()
        self.log.write("two\n")
        self.assertFiles(d="one\ntwo\n")

    def test_moved(self) -> None:
        """One that was moved away is made anew, as readable as it was."""
        self.path.chmod(0o640)
        self.addCleanup(os.umask, os.umask(0o077))
        for way in (self.log.reopen, self.log.rotate):
            self.path.rename(self.moved)
            self.log.write("late\n")
            way()
            self.log.write("two\n")
            self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o640)
        self.assertFiles(d1="two\nlate\n", d="two\n")

    def test_created(self) -> None:
        """Where another one stands in its place, that is added to (logrotate's create)."""
        self.path.rename(self.moved)
        self.path.write_text("begun\n")
        self.log.rotate()
        self.log.write("two\n")
        self.assertFiles(d1="one\n", d="begun\ntwo\n")

    def test_emptied(self) -> None:
        """One that was emptied begins anew without a gap (logrotate's copytruncate)."""
        os.truncate(self.path, 0)
        self.log.write("two\n")
        self.assertFiles(d="two\n")

    def test_refused(self) -> None:
        """Where no file can be had, the old one is gone on with."""
        self.path.rename(self.moved)
        self.path.mkdir()
        self.assertRaises(OSError, self.log.reopen)
        self.log.write("two\n")
        self.assertEqual(self.moved.read_text(), "one\ntwo\n")

    def test_rotate(self) -> None:
        """Where it is told to, it moves the file away itself."""
        self.log.rotate()
        self.log.write("two\n")
        self.assertFiles(d1="one\n", d="two\n")

    def test_noFile(self) -> None:
        """What is no file, such as /dev/stdout, is never moved."""
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        log = Log(Path(f"/dev/fd/{write}"))
        os.close(write)
        self.addCleanup(log.close)
        self.patch(log, "_isMoved", lambda: False)
        log.rotate()
        log.write("x\n")
        self.assertEqual(os.read(read, 9), b"x\n")
