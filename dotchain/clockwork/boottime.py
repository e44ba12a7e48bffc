"""The clock that lives and rests are counted by."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial


def _clock() -> Callable[[], float]:
    if hasattr(time, "CLOCK_BOOTTIME"):
        made = partial(time.clock_gettime, time.CLOCK_BOOTTIME)
        try:
            made()
        except OSError:
            # Some sandboxes forbid it.
            return time.monotonic
        return made
    return time.monotonic


now = _clock()
"""
Seconds that never go back, whatever the wall clock is set to.

Where the system can tell, as Linux can (clock_gettime(2), CLOCK_BOOTTIME), they go on while the machine
sleeps, which Python's C{time.monotonic} and the reactor's timers do not: answers grow old meanwhile,
and connections die. A call takes 15 ns longer.
"""
