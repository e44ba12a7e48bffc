"""Files that a small process removes at the end."""

from __future__ import annotations

import atexit
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon import rootcleanup
from dotchain.daemon.rootcleanup import RootCleanup

from ..folders import folder

KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from dotchain.daemon.rootcleanup import RootCleanup
kept = RootCleanup(sys.argv[2:])
os.kill(os.getpid(), signal.SIGKILL)
"""


class RootCleanupTests(SynchronousTestCase):
    """L{RootCleanup}."""

    def setUp(self) -> None:
        """Two files, and the end of this process at any time."""
        self.files = [folder(self) / name for name in ("pid", "sock")]
        for file in self.files:
            file.write_text("x")
        # Temporary folders see to their own end by it, the first time.
        self.ends: list[object] = []
        self.patch(atexit, "register", self.ends.append)

    def take(self, *more: Path) -> RootCleanup:
        """Have them taken care of."""
        return RootCleanup([str(file) for file in (*self.files, *more)])

    def test_end(self) -> None:
        """They are gone when it returns, and stay until then; what never was does no harm."""
        made = self.take(Path("/nonexistent/file"))
        self.assertTrue(all(file.exists() for file in self.files))
        self.assertEqual(self.ends, [made.end])
        made.end()
        self.assertFalse(any(file.exists() for file in self.files))
        made.end()

    def test_replaced(self) -> None:
        """What another daemon has put in their place is its own."""
        made = self.take()
        self.files[0].unlink()
        self.files[0].write_text("y")
        made.end()
        self.assertEqual([file.exists() for file in self.files], [True, False])

    def test_killed(self) -> None:
        """A process that is killed leaves none either."""
        checkout = str(Path(rootcleanup.__file__).parents[2])
        command = [sys.executable, "-c", KILLED, checkout, *map(str, self.files)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=20)
        self.assertEqual(done.returncode, -9)
        # It ends a moment later.
        for _ in range(100):
            if not any(file.exists() for file in self.files):
                return
            subprocess.run([sys.executable, "-c", ""], check=True)
        self.fail("they are still there")
