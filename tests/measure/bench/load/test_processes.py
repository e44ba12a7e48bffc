"""What is read from /proc."""

from __future__ import annotations

import os
import subprocess
import sys
from mmap import mmap

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.load.processes import cpuSeconds, resident

_CHILD = """
import sys, time
while time.process_time() < 0.3: pass
print("worked", flush=True)
sys.stdin.readline()
"""
_PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {_CHILD!r}])
print("ended", flush=True)
sys.stdin.read()
"""


class CpuTests(SynchronousTestCase):
    """Processor time."""

    def test_children(self) -> None:
        """A child's time counts as its parent's, while it lives and once it has ended."""
        with subprocess.Popen(
            [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as parent:
            assert parent.stdin
            assert parent.stdout
            self.assertEqual(parent.stdout.readline(), b"worked\n")
            living = cpuSeconds([parent.pid])
            parent.stdin.write(b"\n")
            parent.stdin.flush()
            self.assertEqual(parent.stdout.readline(), b"ended\n")
            ended = cpuSeconds([parent.pid])
            parent.stdin.close()
        # The clock ticks a hundred times a second, for each of four figures.
        self.assertGreater(living, 0.25)
        self.assertGreater(ended, 0.25)
        self.assertEqual(parent.returncode, 0)


class ResidentTests(SynchronousTestCase):
    """Memory."""

    def test_written(self) -> None:
        """Pages that were written to are there."""
        octets = 32 << 20
        before = resident([os.getpid()])
        # New pages: an allocator may hand out ones that are there from what the process had before.
        with mmap(-1, octets) as written:
            written.write(b"x" * octets)
            grown = resident([os.getpid()]) - before
        self.assertGreater(grown, octets // 2)
