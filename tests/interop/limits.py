"""What the system allows a daemon's process."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .daemon import program


def fewFiles(most: int) -> list[str]:
    """What runs a daemon with so many open files, as after C{ulimit -n}."""
    return [program("prlimit"), f"--nofile={most}:{most}"]


@contextmanager
def limited(pid: int, which: int, most: int) -> Iterator[None]:
    """
    A process that runs may have no more than so much, until the block ends.

    @param which: such as L{resource.RLIMIT_FSIZE}.
    """
    soft, hard = resource.prlimit(pid, which)
    resource.prlimit(pid, which, (most, hard))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, which, (soft, hard))
