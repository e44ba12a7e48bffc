"""PID files that are in the way of the next start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.pidfile import removeStale

from ..folders import folder

HAS_PROC = Path("/proc/self/cmdline").exists()


class RemoveStaleTests(SynchronousTestCase):
    """L{removeStale}."""

    def stays(self, text: str) -> bool:
        """Whether a PID file with this text does."""
        file = folder(self) / "twistd.pid"
        file.write_text(text)
        removeStale(file)
        return file.exists()

    def process(self, *words: str) -> int:
        """The PID of a program that runs with these words on its command line."""
        script = "import sys; print(flush=True); sys.stdin.read()"
        made = subprocess.Popen(
            [sys.executable, "-c", script, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.addCleanup(made.__exit__, None, None, None)
        assert made.stdout is not None
        made.stdout.readline()
        return made.pid

    def test_own(self) -> None:
        """In a container each start has the PID of the one that was killed: its own is no other's."""
        self.assertFalse(self.stays(f"{os.getpid()}"))

    @skipIf(not HAS_PROC, "this system does not tell what a process is")
    def test_anotherProgram(self) -> None:
        """Where another program has got the number since, its file is in nobody's way."""
        self.assertFalse(self.stays(f"{self.process('sleepy')}\n"))

    @skipIf(not HAS_PROC, "this system does not tell what a process is")
    def test_running(self) -> None:
        """Another twistd, whatever it runs, keeps its file."""
        self.assertTrue(self.stays(str(self.process("/usr/bin/twistd", "-n", "web"))))

    def test_empty(self) -> None:
        """A machine that lost its power leaves an empty file."""
        self.assertFalse(self.stays(""))

    def test_unknown(self) -> None:
        """What is no PID file, or names no process, is for twistd to judge."""
        self.assertTrue(self.stays("precious"))
        self.assertTrue(self.stays(str(2**31 - 1)))

    def test_none(self) -> None:
        """There need not be any."""
        removeStale(folder(self) / "twistd.pid")
