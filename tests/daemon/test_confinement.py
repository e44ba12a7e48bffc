"""What a process can still do, and what be done to it, once it is confined."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

ROOT = Path(__file__).parents[2]
CONFINED = "from dotchain.daemon.confinement import confine; confine({})"
TELL = """
import ctypes, resource
status = open("/proc/self/status").read()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE),
    status.partition("NoNewPrivs:")[2].split()[0])
"""


class ConfineTests(SynchronousTestCase):
    """L{confine<dotchain.daemon.confinement.confine>}, in a process of its own."""

    def setUp(self) -> None:
        """Only Linux tells."""
        if sys.platform != "linux":
            raise SkipTest("prctl(2) is Linux's")

    def told(self, *code: str) -> list[str]:
        """What a process prints that runs this."""
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(code)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_closed(self) -> None:
        """It is not dumpable, leaves no core, and no program that it starts has more rights."""
        most = self.told(TELL)[2]
        self.assertEqual(self.told(CONFINED.format(False), TELL), ["0", "0", most, "1"])

    def test_dumpable(self) -> None:
        """Where the operator wants to look into it, all of that is as before but the rights."""
        before = self.told(TELL)
        self.assertEqual(before[-1], "0")
        self.assertEqual(self.told(CONFINED.format(True), TELL), ["1", *before[1:3], "1"])

    def test_again(self) -> None:
        """Whether it is dumpable can change; what was given up of rights and cores stays so."""
        most = self.told(TELL)[2]
        told = self.told(CONFINED.format(False), CONFINED.format(True), TELL)
        self.assertEqual(told, ["1", "0", most, "1"])

    def test_rights(self) -> None:
        """What it needs of C{/proc} for its own figures it still reads."""
        figures = (
            "import os; print(len(os.listdir('/dev/fd')) > 2, open('/proc/self/statm').read().count(' '))"
        )
        self.assertEqual(self.told(CONFINED.format(False), figures), ["True", "6"])
