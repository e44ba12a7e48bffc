"""Which Python a run was measured with."""

from __future__ import annotations

import platform
import sys

from twisted.trial.unittest import SynchronousTestCase

from measure.bench import interpreter
from measure.bench.interpreter import described


class DescribedTests(SynchronousTestCase):
    """C{described}."""

    def told(self, prefix: str, *ways: str) -> str:
        """What is told of a Python that is installed there and built so, without its version."""
        self.patch(sys, "base_prefix", prefix)
        self.patch(interpreter, "ways", lambda: list(ways))
        version, _, rest = described().partition(" ")
        self.assertEqual(version, platform.python_version())
        return rest

    def test_system(self) -> None:
        """The system's own is told as that: its build can't be seen in its flags."""
        self.assertEqual(self.told("/usr"), "(the system's)")

    def test_own(self) -> None:
        """Any other is told by how it was optimized."""
        self.assertEqual(self.told("/opt/python", "optimizations", "lto"), "(optimizations lto)")
        self.assertEqual(self.told("/opt/python"), "(without optimizations)")
