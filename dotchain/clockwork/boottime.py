"""The clock that lives and rests are counted by."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any


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
sleeps, which Python's C{time.monotonic} does not: answers grow old meanwhile, and connections die. A
call takes 15 ns longer.
"""


def steady(reactor: Any) -> None:
    """
    Have what a reactor is to do later come by L{now}.

    Twisted's reactors go by the wall clock. Where that is set back by an hour, for an hour nothing would
    come: no query's time would end, no connection be closed, no file be watched.

    @param reactor: one that was not asked for anything yet.
    """
    reactor.seconds = now
