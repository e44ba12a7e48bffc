"""What is read from dnsperf, and from /proc."""

from __future__ import annotations

import subprocess
import sys

from twisted.trial.unittest import SynchronousTestCase

from .load import LoadError, Result, cpuSeconds, read

_PRINTED = """
Statistics:

  Queries sent:         1010
  Queries completed:    1000 (99.01%)
  Queries lost:         10 (0.99%)

  Response codes:       NOERROR 990 (99.00%), SERVFAIL 10 (1.00%)
  Average packet size:  request 32, response 48
  Run time (s):         0.500000
  Queries per second:   2000.000000
"""

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


class ReadTests(SynchronousTestCase):
    """Figures in text."""

    def test_figures(self) -> None:
        """Answers, losses, answers that are not NOERROR, and the cost of an answer."""
        self.assertEqual(read(_PRINTED, 0.05), Result(1000, 10, 10, 2000.0, 50.0))

    def test_noNoerror(self) -> None:
        """Where no answer is NOERROR, all have failed."""
        self.assertEqual(read(_PRINTED.replace("NOERROR 990 (99.00%), ", ""), 0).failed, 1000)

    def test_noAnswer(self) -> None:
        """Where dnsperf has no answer it prints no response codes, and an answer costs what all did."""
        text = _PRINTED.replace("completed:    1000", "completed:    0").partition("  Response")[0]
        result = read(text + "  Queries per second:   0.000000\n", 0.5)
        self.assertEqual(result, Result(0, 10, 0, 0.0, 500000.0))

    def test_noFigures(self) -> None:
        """An error message of dnsperf becomes one of ours."""
        error = self.assertRaises(LoadError, read, "Error: unable to connect", 0)
        self.assertIn("unable to connect", str(error))


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
