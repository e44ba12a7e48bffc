"""A query's way, as a profile shows it."""

from __future__ import annotations

import subprocess
import sys

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.profile import ProfiledFunction, table

from ...interop.dotchain import CHECKOUT


def printed(workload: str) -> str:
    """What the command prints of a few queries."""
    command = [sys.executable, "-m", "measure.bench.profile", workload, "--queries", "200", "--lines", "500"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


class ProfileTests(SynchronousTestCase):
    """C{measure.bench.profile}."""

    def test_hit(self) -> None:
        """From a datagram to its cached reply there is no Deferred, coroutine, log call or dnspython."""
        way = printed("cached")
        self.assertIn("dotchain/stages/cache/core.py", way)
        for dear in ("internet/defer.py", "coroutine.py", "logger/", "dns/"):
            self.assertNotIn(f" {dear}", way)

    def test_miss(self) -> None:
        """A query that goes out passes the upstream, without a Deferred; what answers it stands apart."""
        way = printed("missed")
        self.assertIn("dotchain/upstreams/forwardcore.py", way)
        for other in ("tests/", "internet/defer.py"):
            self.assertNotIn(f" {other}", way)

    def test_lines(self) -> None:
        """A line is a function."""
        self.assertRegex(table([ProfiledFunction("f", 1.5, 2.0, 3.0)]), r"\n +1\.50 +2\.000 +3\.000  f$")
