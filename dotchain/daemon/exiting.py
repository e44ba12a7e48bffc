"""The status that the process ends with."""

from __future__ import annotations

import atexit
import os
import sys


def exitWith(status: int) -> None:
    """Have the process end with a status once all else is done: twistd ends with 0 whatever has happened."""
    atexit.register(_leave, status)


def _leave(status: int) -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    os._exit(status)
