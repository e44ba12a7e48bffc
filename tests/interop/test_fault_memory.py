"""Memory that is short: what there is none for is lost, and whatever ends of it is replaced."""

from __future__ import annotations

import re
import resource
from contextlib import ExitStack, suppress
from pathlib import Path

import dns.exception
import pytest

from .asking import overUdp, query, texts
from .conftest import Credentials
from .daemon import until
from .dot import DotConnection
from .limits import limited
from .manyworkers import COUNT, Killed
from .memorygroup import memoryGroup
from .zone import writeZone

MORE = 4 << 20
"""Octets."""


def data(pid: int) -> int:
    """Octets that a process has asked the system for."""
    found = re.search(r"VmData:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return 1024 * int(found[1])


def answers(port: int, name: str) -> bool:
    """Somebody answers."""
    with suppress(dns.exception.Timeout):
        return texts(overUdp(port, name, timeout=0.5)) == ["192.0.2.9"]
    return False


def test_noMemory(tmp_path: Path, credentials: Credentials) -> None:
    """
    Workers get not one octet more, and many clients come: a query may be lost, and where a library ends its
    process for want of memory another one follows. Then all is as before.
    """
    with (
        Killed(tmp_path / "w", credentials, f"kind = zone\nfile = {writeZone(tmp_path)}") as workers,
        ExitStack() as limits,
        ExitStack() as clients,
    ):
        for pid in workers.pids.values():
            limits.enter_context(limited(pid, resource.RLIMIT_DATA, data(pid)))
        for number in range(20):
            with suppress(OSError):
                client = clients.enter_context(DotConnection(workers.secure, timeout=0.5))
                client.send(*[query(f"n{each}.x{number}.many.example.org") for each in range(50)])
            answers(workers.port, f"u{number}.many.example.org")
        limits.close()
        until(lambda: len(workers.pids) == COUNT)
        names = [f"v{number}.many.example.org" for number in range(4 * COUNT)]
        until(lambda: all(answers(workers.port, name) for name in names))
        with DotConnection(workers.secure) as new:
            assert texts(new.ask(query("foo.example.org"))) == ["192.0.2.1"]


def test_controlGroup(tmp_path: Path, credentials: Credentials) -> None:
    """
    All processes together get little more than they have, and many clients come: the system kills workers for
    it, and not the parent, which replaces them. Then all is as before.
    """
    workers = Killed(tmp_path / "w", credentials, f"kind = zone\nfile = {writeZone(tmp_path)}")
    with memoryGroup() as group, ExitStack() as clients:
        if group is None:
            pytest.skip("there can be no control group of memory here")
        workers.by = group.by
        with workers:
            with group.full(MORE):
                for number in range(2000):
                    if group.killed:
                        break
                    with suppress(OSError):
                        client = clients.enter_context(DotConnection(workers.secure, timeout=0.5))
                        client.send(*[query(f"n{each}.x{number}.many.example.org") for each in range(50)])
            assert group.killed
            until(lambda: "has ended by signal 9; the next one starts in 0.1 s" in workers.said())
            until(lambda: len(workers.pids) == COUNT)
            names = [f"v{number}.many.example.org" for number in range(4 * COUNT)]
            until(lambda: all(answers(workers.port, name) for name in names))
