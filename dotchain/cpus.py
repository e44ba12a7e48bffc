"""How many CPUs this process may use at a time: by its affinity, and by the quota of its control groups."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/")
# How blanks stand in the kernel's list of mounts.
_ESCAPED = re.compile(r"\\([0-7]{3})")


def available(root: Path = _ROOT) -> int:
    """
    The number of processes that can run all the time: whole CPUs, and one at the least.

    A process more than that would be stopped for parts of each period of the quota, and the
    queries in its sockets would wait for it.
    """
    count: int | None
    if hasattr(os, "process_cpu_count"):
        # Python 3.13; PYTHON_CPU_COUNT and -X cpu_count decide there.
        count = os.process_cpu_count()
    else:
        count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    limits = [each for each in (count, quota(root)) if each is not None]
    return max(int(min(limits, default=1)), 1)


def quota(root: Path = _ROOT) -> float | None:
    """
    The CPUs that the control groups of this process let it use, be it a fraction of one.

    @param root: the folder that C{/proc} and C{/sys} are in.
    @return: the least of its own group and all groups above it; None where there is no limit.
    """
    found = [each for group in _groups(root) if (each := _ofGroup(group)) is not None]
    return min(found, default=None)


def _ofGroup(group: Path) -> float | None:
    """The quota of one group, by version 2 (C{cpu.max}) or version 1 of control groups."""
    try:
        if (group / "cpu.max").exists():
            most, period = (group / "cpu.max").read_text().split()
        else:
            most, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        return int(most) / int(period) if int(most) > 0 and int(period) > 0 else None
    except (OSError, ValueError):
        # The root group has no such files, and "max" is no number.
        return None


def _groups(root: Path) -> Iterator[Path]:
    """The folders of the groups that this process is in and that may limit its CPUs, innermost first."""
    mounts = _mounts(root)
    for line in _lines(root / "proc/self/cgroup"):
        number, controllers, path = line.split(":", 2)
        unified = number == "0" and not controllers
        if unified or "cpu" in controllers.split(","):
            for top, place in mounts.get("cgroup2" if unified else "cgroup", ()):
                yield from _upwards(root / place.lstrip("/"), _within(path, top))


def _mounts(root: Path) -> dict[str, list[tuple[str, str]]]:
    """By type of file system: which group each mount shows at its top, and where it is."""
    found: dict[str, list[tuple[str, str]]] = {"cgroup": [], "cgroup2": []}
    for line in _lines(root / "proc/self/mountinfo"):
        # proc(5): number, parent, device, root, mount point, ... - type, source, options of the superblock.
        before, _, after = line.partition(" - ")
        fields, (kind, _, options) = before.split(), after.split(maxsplit=2)
        if kind == "cgroup2" or (kind == "cgroup" and "cpu" in options.split(",")):
            found[kind].append((_plain(fields[3]), _plain(fields[4])))
    return found


def _within(path: str, top: str) -> Path:
    """The path of a group as a mount shows it: a container may see no more than its own."""
    try:
        return Path(path).relative_to(top)
    except ValueError:
        return Path()


def _upwards(place: Path, group: Path) -> Iterator[Path]:
    """The group and all above it, as far as the mount shows them."""
    if ".." in group.parts:
        group = Path()
    yield place / group
    yield from (place / parent for parent in group.parents if group.parts)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)
