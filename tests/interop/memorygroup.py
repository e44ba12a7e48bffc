"""A control group of Linux whose processes have so much memory together, as with systemd's MemoryMax=."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_HIERARCHIES = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))
"""Version 1 of control groups has one for memory, version 2 one for all."""


class MemoryGroup(NamedTuple):
    """
    Such a group, below that of the tests.

    @ivar folder: where the system shows it.
    """

    folder: Path

    @property
    def by(self) -> list[str]:
        """What runs a daemon in it."""
        return ["/bin/sh", "-c", f'echo $$ > {self.folder}/cgroup.procs && exec "$@"', "sh"]

    @property
    def killed(self) -> int:
        """How many processes the system has ended because there was no memory left."""
        for name in ("memory.events", "memory.oom_control"):
            with suppress(OSError):
                found = re.search(r"^oom_kill (\d+)", (self.folder / name).read_text(), re.MULTILINE)
                return int(found[1]) if found else 0
        return 0

    @contextmanager
    def full(self, more: int) -> Iterator[None]:
        """
        They have so many octets more than now, until the block ends.

        @raise OSError: where that can't be set.
        """
        self._limit(self._used() + more)
        try:
            yield
        finally:
            self._limit(-1)

    @property
    def _first(self) -> bool:
        return (self.folder / "memory.limit_in_bytes").exists()

    def _used(self) -> int:
        name = "memory.usage_in_bytes" if self._first else "memory.current"
        return int((self.folder / name).read_text())

    def _limit(self, octets: int) -> None:
        if self._first:
            (self.folder / "memory.limit_in_bytes").write_text(str(octets))
        else:
            (self.folder / "memory.max").write_text("max" if octets < 0 else str(octets))


@contextmanager
def memoryGroup() -> Iterator[MemoryGroup | None]:
    """A group until the block ends, by when all in it must have ended; None where there can be none."""
    group = next(_made(), None)
    try:
        yield group
    finally:
        if group is not None:
            with suppress(OSError):
                group.folder.rmdir()


def _made() -> Iterator[MemoryGroup]:
    for place in _places():
        made = place / f"dotchain-{os.getpid()}-{time.monotonic_ns()}"
        with suppress(OSError):
            made.mkdir()
            if (made / "memory.stat").exists():
                yield MemoryGroup(made)
            made.rmdir()


def _places() -> Iterator[Path]:
    """Where one can be: below our own; beside it in version 2, where none that has processes is divided."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            yield _HIERARCHIES[0] / path.lstrip("/")
        elif not controllers:
            yield (_HIERARCHIES[1] / path.lstrip("/")).parent
