"""What a daemon holds: memory, open files, lines of its log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.interop.daemon import Daemon

from ..bench.load.processes import family, resident

_EVERY = 0.1


class Held(NamedTuple):
    """
    @ivar memory: octets, resident.
    @ivar files: open ones, sockets among them.
    """

    memory: int = 0
    files: int = 0


NOTHING = Held()


def held(daemon: Daemon) -> Held:
    """What it holds now, its children as well; nothing, where it has ended."""
    pid = daemon.process.pid
    if daemon.process.poll() is None:
        # It may end while we look.
        with suppress(OSError):
            files = sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in family(pid))
            return Held(resident([pid]), files)
    return NOTHING


def lines(daemon: Daemon) -> int:
    """How many lines it has logged."""
    return len(daemon.said().splitlines())


class Most:
    """
    The most that a daemon held while somebody looked.

    @ivar held: of each.
    """

    def __init__(self) -> None:
        self.held = NOTHING

    def see(self, now: Held) -> None:
        """Once more."""
        self.held = Held(max(self.held.memory, now.memory), max(self.held.files, now.files))


@contextmanager
def watching(daemon: Daemon) -> Iterator[Most]:
    """Look ten times a second, until the block ends."""
    most, over = Most(), threading.Event()

    def look() -> None:
        while not over.wait(_EVERY):
            most.see(held(daemon))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()
