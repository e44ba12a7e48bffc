"""A part of a processor for each process."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from measure.bench.fence import HIERARCHIES, fenced
from measure.bench.load.processes import cpuSeconds

_BUSY = "while True: pass"


def test_part() -> None:
    """A busy process gets no more than its part, and all of the processor again behind the block."""
    with subprocess.Popen([sys.executable, "-c", _BUSY]) as busy:
        try:
            with fenced([busy.pid], 0.1) as done:
                if not done:
                    assert not any(os.access(each, os.W_OK) for each in HIERARCHIES)
                    return
                time.sleep(0.3)
                before = cpuSeconds([busy.pid])
                time.sleep(1)
                assert cpuSeconds([busy.pid]) - before < 0.3
        finally:
            busy.kill()


def test_gone() -> None:
    """Who has ended meanwhile, or was never there, leaves no group behind."""
    with subprocess.Popen([sys.executable, "-c", _BUSY]) as busy, fenced([busy.pid, 0x7FFFFFFE], 0.1) as done:
        assert not done
        busy.kill()
    with subprocess.Popen([sys.executable, "-c", _BUSY]) as busy, fenced([busy.pid], 0.1):
        busy.kill()
        busy.wait()
    assert not [group for each in HIERARCHIES for group in each.glob(f"dotchain-bench-{busy.pid}")]
