"""A process that is stopped, and what it has open with clients meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.interop.daemon import until


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """SIGSTOP; afterwards SIGCONT, if it is still there."""
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: _state(pid) in "TZ")
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def peers(pid: int) -> set[int]:
    """The ports at the other ends of a process's TCP connections over IPv4."""
    own = {each.readlink().name for each in Path(f"/proc/{pid}/fd").iterdir()}
    rows = (line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:])
    return {int(row[2].rpartition(":")[2], 16) for row in rows if f"socket:[{row[9]}]" in own}
