"""How many CPUs a process may use."""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from dotchain import cpus

from .configs import GOOD, ConfigCase
from .folders import folder

UNIFIED = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate"
HYBRID = "34 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"
CPU = "32 31 0:29 {} {} rw,relatime - cgroup cgroup rw,cpu,cpuacct"
MEMORY = "33 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory"


class QuotaTests(SynchronousTestCase):
    """L{cpus.quota}, on a machine of a few files."""

    def setUp(self) -> None:
        self.root = folder(self)

    def write(self, name: str, text: str) -> None:
        """A file of the machine."""
        file = self.root / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")

    def within(self, group: str, *mounts: str) -> None:
        """The groups of the process, and what is mounted."""
        self.write("/proc/self/cgroup", group)
        self.write("/proc/self/mountinfo", "\n".join(mounts))

    def old(self, group: str, quota: str, period: str = "100000") -> None:
        """A group of version 1."""
        self.write(f"/sys/fs/cgroup/cpu{group}/cpu.cfs_quota_us", quota)
        self.write(f"/sys/fs/cgroup/cpu{group}/cpu.cfs_period_us", period)

    def test_own(self) -> None:
        """Version 2: the process's own group."""
        self.within("0::/system.slice/dotchain.service", UNIFIED)
        for text, quota in (("50000 100000", 0.5), ("max 100000", None), ("400000 200000", 2.0)):
            self.write("/sys/fs/cgroup/system.slice/dotchain.service/cpu.max", text)
            self.assertEqual(cpus.quota(self.root), quota)

    def test_parents(self) -> None:
        """The least quota of all groups above it holds as well."""
        self.within("0::/a/b/c", UNIFIED)
        self.write("/sys/fs/cgroup/a/b/c/cpu.max", "300000 100000")
        self.write("/sys/fs/cgroup/a/b/cpu.max", "max 100000")
        self.assertEqual(cpus.quota(self.root), 3.0)
        self.write("/sys/fs/cgroup/a/cpu.max", "150000 100000")
        self.assertEqual(cpus.quota(self.root), 1.5)

    def test_others(self) -> None:
        """Groups of others, beside it and below it, limit nobody here."""
        self.within("0::/a", UNIFIED)
        for name in ("b", "a/c"):
            self.write(f"/sys/fs/cgroup/{name}/cpu.max", "10000 100000")
        self.assertIsNone(cpus.quota(self.root))

    def test_container(self) -> None:
        """In a container of its own its group is the top, and the limit stands there."""
        for group in ("0::/", "0::/../../elsewhere", "0::/not/shown"):
            self.within(group, UNIFIED)
            self.write("/sys/fs/cgroup/cpu.max", "50000 100000")
            self.assertEqual(cpus.quota(self.root), 0.5, group)

    def test_version1(self) -> None:
        """Version 1: a quota of -1 is none."""
        groups = "9:name=systemd:/\n4:memory:/m\n2:cpu,cpuacct:/a/b\n0::/"
        self.within(
            groups,
            CPU.format("/", "/sys/fs/cgroup/cpu"),
            MEMORY,
            "34 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
        )
        self.old("/a/b", "-1")
        self.assertIsNone(cpus.quota(self.root))
        self.old("/a", "25000", "50000")
        self.assertEqual(cpus.quota(self.root), 0.5)
        self.old("", "20000")
        self.assertEqual(cpus.quota(self.root), 0.2)

    def test_version1InContainer(self) -> None:
        """A container may see its own group at the top of the mount, and its path from outside."""
        self.within("2:cpu:/docker/1f", CPU.format("/docker/1f", "/sys/fs/cgroup/cpu"))
        self.old("", "50000")
        self.assertEqual(cpus.quota(self.root), 0.5)

    def test_blanks(self) -> None:
        """The kernel writes a blank in a mount's place as an octal number."""
        self.within("0::/", UNIFIED.replace("/sys/fs/cgroup", "/my\\040groups"))
        self.write("/my groups/cpu.max", "50000 100000")
        self.assertEqual(cpus.quota(self.root), 0.5)

    def test_unknown(self) -> None:
        """Without control groups, and where what they say makes no sense, there is no limit."""
        self.assertIsNone(cpus.quota(self.root))
        self.within("0::/a", UNIFIED)
        for text in ("", "much", "50000", "50000 0", "0 100000", "1 2 3"):
            self.write("/sys/fs/cgroup/a/cpu.max", text)
            self.assertIsNone(cpus.quota(self.root), text)


class AvailableTests(ConfigCase):
    """What C{workers = auto} makes of it."""

    def available(self, affinity: int, quota: float | None) -> int:
        """The number of workers on so many CPUs with such a quota."""
        self.patch(os, "sched_getaffinity", lambda process: set(range(affinity)))
        self.patch(cpus, "quota", lambda root=None: quota)
        workers = self.load(f"{GOOD}\n[dotchain]\nworkers = auto").share.of
        self.assertEqual(workers, min(cpus.available(), 256))
        return workers

    def test_least(self) -> None:
        """Whole CPUs, and one at the least: a worker more would be stopped for parts of each period."""
        for affinity, quota, workers in (
            (4, None, 4),
            (4, 0.5, 1),
            (4, 1.0, 1),
            (4, 1.9, 1),
            (4, 2.5, 2),
            (2, 8.0, 2),
            (500, None, 256),
        ):
            self.assertEqual(self.available(affinity, quota), workers)
