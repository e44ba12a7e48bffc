"""A full disk under all that the daemon writes: queries don't notice, and what stands there is whole."""

from __future__ import annotations

import json
import resource
from pathlib import Path

from .asking import overUdp, texts
from .daemon import Daemon, until
from .dotchain import Dotchain, dotchainCommand
from .limits import limited
from .ports import HOST, freePort
from .zone import writeZone


class Writing(Dotchain):
    """
    A daemon that writes a log, one of queries, one for dnstap, and its cache.

    @ivar own: its log.
    @ivar queries: that of queries.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = freePort()
        self.own, self.queries = folder / "own.log", folder / "queries.json"
        self.text = f"""
[front lan]
listen = udp://{HOST}:{self.port}
chain  = home

[chain home]
path = querylog dnstap cache end

[stage querylog]
file = queries.json

[stage dnstap]
file = tap

[stage cache]
save = saved

[upstream end]
kind = zone
file = {writeZone(folder)}
"""

    def configure(self) -> None:
        """With a new log."""
        super().configure()
        self.own.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """With a log that twistd writes, and rotates."""
        words = super().command()
        at = words.index("dotchain")
        return [*words[:at], f"--logfile={self.own}", *words[at:]]

    def said(self) -> str:
        """In its log."""
        return super().said() + (self.own.read_text() if self.own.exists() else "")

    def ask(self, label: str, count: int) -> None:
        """So many queries, each for another name; each has its answer."""
        for number in range(count):
            assert texts(overUdp(self.port, f"{label}{number}.many.example.org")) == ["192.0.2.9"]

    def logged(self) -> list[str]:
        """The first labels of what stands in the log of queries by now, in whole lines."""
        lines = self.queries.read_text().splitlines() if self.queries.exists() else []
        return [json.loads(line)["name"].partition(".")[0] for line in lines]

    def told(self, *verb: str) -> str:
        """What a verb prints."""
        place = ("--config", str(self.config))
        done = dotchainCommand(*verb, *place, timeout=90, RUNTIME_DIRECTORY=str(self.folder))
        assert done.returncode == 0, done.stderr
        return done.stdout


class Killed(Writing):
    """It will be killed."""

    def __exit__(self, *why: object) -> None:
        Daemon.__exit__(self, *why)


def test_fullDisk(tmp_path: Path) -> None:
    """
    With a full disk all is answered, a reload works and lines that are lost are counted; once there is room,
    logs go on in whole lines and say what is missing, and the cache is saved.
    """
    with Writing(tmp_path) as daemon:
        daemon.ask("before", 5)
        until(lambda: len(daemon.logged()) == 5)
        with limited(daemon.process.pid, resource.RLIMIT_FSIZE, 0):
            daemon.ask("during", 20)
            daemon.hangUp()
            until(lambda: "querylog: logged 5, dropped 20" in daemon.told("stats"))
        daemon.ask("after", 5)
        until(lambda: "is written again; 20 lines were dropped so far" in daemon.said())
    assert daemon.logged() == [f"{when}{number}" for when in ("before", "after") for number in range(5)]
    with Writing(tmp_path) as daemon:
        until(lambda: "answers read from" in daemon.said())
        assert "saved: 30\n" in daemon.said()


def test_flush(tmp_path: Path) -> None:
    """What was flushed on a full disk does not come back with the next start, however the daemon ended."""
    with Writing(tmp_path) as daemon:
        daemon.ask("kept", 5)
    with Killed(tmp_path) as daemon:
        until(lambda: "saved: 5\n" in daemon.said())
        with limited(daemon.process.pid, resource.RLIMIT_FSIZE, 0):
            assert "cache: 5 answers forgotten" in daemon.told("flush")
            until(lambda: not (tmp_path / "saved").exists())
            daemon.process.kill()
            daemon.process.wait()
    with Writing(tmp_path) as daemon:
        daemon.ask("kept", 1)
        assert "misses 1" in daemon.told("stats")
