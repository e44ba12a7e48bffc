"""What a machine does to the processes of a forwarder."""

from __future__ import annotations

import os
import re
import resource
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.interop.limits import limited

from ..bench.candidate import Candidate
from ..bench.load.processes import family


@contextmanager
def fullDisk(forwarder: Candidate) -> Iterator[None]:
    """No file of theirs grows."""
    with ExitStack() as stack:
        for pid in everyone(forwarder):
            stack.enter_context(limited(pid, resource.RLIMIT_FSIZE, 0))
        yield


@contextmanager
def noMemory(forwarder: Candidate, more: int) -> Iterator[None]:
    """
    They get no more memory.

    @param more: octets that each may have beside what it has.
    """
    with ExitStack() as stack:
        for pid in everyone(forwarder):
            stack.enter_context(limited(pid, resource.RLIMIT_DATA, _data(pid) + more))
        yield


@contextmanager
def halted(pids: list[int]) -> Iterator[None]:
    """Processes stand still, as with a machine that sleeps."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def everyone(forwarder: Candidate) -> list[int]:
    """All processes of a forwarder."""
    return [one for pid in forwarder.pids for one in family(pid)]


def worker(forwarder: Candidate) -> int:
    """A worker of a dotchain that has some."""
    return max(everyone(forwarder)[1:])


def _data(pid: int) -> int:
    found = re.search(r"VmData:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return 1024 * int(found[1])
