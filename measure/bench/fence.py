"""A part of a processor for each process, so that the load generator has room beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

# Microseconds over which Linux counts.
_PERIOD = 20_000
HIERARCHIES = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))
"""Version 1 of control groups has a hierarchy for each resource, version 2 one for all."""


@contextmanager
def fenced(pids: Iterable[int], part: float) -> Iterator[bool]:
    """
    Each process has so much of one processor, until the block ends.

    @param part: 1 is a whole processor.
    @return: whether that could be done: it takes rights over the system's control groups.
    """
    hierarchies = [each for each in HIERARCHIES if (each / "cgroup.procs").exists()]
    with ExitStack() as stack:
        try:
            for pid in pids:
                stack.enter_context(_group(hierarchies[0], pid, part))
            done = True
        except (IndexError, OSError):
            stack.close()
            done = False
        yield done


@contextmanager
def _group(hierarchy: Path, pid: int, part: float) -> Iterator[None]:
    group = hierarchy / f"dotchain-bench-{pid}"
    group.mkdir()
    try:
        _limit(group, int(part * _PERIOD))
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        # A group can be removed when nobody is in it; who has ended is not.
        with suppress(OSError):
            (hierarchy / "cgroup.procs").write_text(str(pid))
        with suppress(OSError):
            group.rmdir()


def _limit(group: Path, quota: int) -> None:
    if (group / "cpu.cfs_quota_us").exists():
        (group / "cpu.cfs_period_us").write_text(str(_PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(quota))
    else:
        (group / "cpu.max").write_text(f"{quota} {_PERIOD}")
