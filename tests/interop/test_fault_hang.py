"""A worker that hangs: the others do its work, and another one takes its place."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from .asking import overTls, overUdp, texts
from .conftest import Credentials
from .daemon import until
from .manyworkers import COUNT, Workers
from .zone import writeZone


class Watched(Workers):
    """
    As where systemd waits for some time.

    @ivar waits: seconds.
    """

    waits = 5

    def environment(self) -> dict[str, str]:
        """See sd_watchdog_enabled(3)."""
        return {**super().environment(), "WATCHDOG_USEC": f"{self.waits}000000"}


class Patient(Watched):
    """For longer than any test takes."""

    waits = 600


@pytest.fixture
def end(tmp_path: Path) -> str:
    """An upstream that answers at once."""
    return f"kind = zone\nfile = {writeZone(tmp_path)}"


def askAll(workers: Workers) -> None:
    """Clients at many ports, of whom each worker has some, and new connections: all have their answers."""
    for _ in range(6 * COUNT):
        assert texts(overUdp(workers.port, "foo.example.org", timeout=20)) == ["192.0.2.1"]
    for _ in range(COUNT):
        assert texts(overTls(workers.secure, "foo.example.org", timeout=20)) == ["192.0.2.1"]


def test_meanwhile(tmp_path: Path, credentials: Credentials, end: str) -> None:
    """While a worker hangs no client waits for it but those that it has; when it comes round it goes on."""
    with Patient(tmp_path / "w", credentials, end) as workers:
        pids = workers.pids
        os.kill(pids[2], signal.SIGSTOP)
        try:
            askAll(workers)
        finally:
            os.kill(pids[2], signal.SIGCONT)
        askAll(workers)
        assert workers.pids == pids


def test_replaced(tmp_path: Path, credentials: Credentials, end: str) -> None:
    """A worker that hangs for longer is ended, says so, and is replaced; all is as before then."""
    with Watched(tmp_path / "w", credentials, end) as workers:
        before = workers.pids
        os.kill(before[3], signal.SIGSTOP)
        askAll(workers)
        until(lambda: "worker 3 hangs: nothing could run there for 5 s; it is ended" in workers.said())
        until(lambda: "worker 3 has ended" in workers.said())
        until(lambda: "worker 3 serves again" in workers.said())
        assert {number for number in before if before[number] != workers.pids[number]} == {3}
        askAll(workers)
