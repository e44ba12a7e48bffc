"""PID files that a killed daemon left behind, which keep twistd from starting the next one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def removeStale(file: Path) -> None:
    """
    Remove a PID file whose number is that of no twistd any more.

    twistd takes any process for another daemon that has the number: in a container its own,
    which is the same at each start, elsewhere a program that has got it since. Whatever can't
    be known is left for twistd to judge.
    """
    with suppress(OSError, ValueError):
        # Empty is what a machine leaves that lost its power.
        text = file.read_text().strip()
        if not text or not _isTwistd(int(text)):
            file.unlink()


def _isTwistd(pid: int) -> bool:
    """
    Whether a process may be a twistd that has written a PID file before this one began.

    @raise OSError: where there is no such process, or this system does not tell.
    """
    if pid == os.getpid():
        return False
    # Empty where it has ended and nobody has taken note, and that of a kernel's thread.
    return b"twistd" in Path(f"/proc/{pid}/cmdline").read_bytes()
