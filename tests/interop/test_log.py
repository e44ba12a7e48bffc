"""The log of several workers as JSON lines, and how much of it there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .asking import overUdp
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort

TEXT = """
[dotchain]
workers = 2
log = json

[front lan]
listen = udp://{host}:{port}
chain = home

[chain home]
path = up

[upstream up]
address = udp://{host}:{closed}
timeout = 300ms
"""


class Logging(Dotchain):
    """A daemon with two workers, whose upstream is not there."""

    def __init__(self, folder: Path) -> None:
        self.port = freePort()
        super().__init__(folder, TEXT.format(host=HOST, port=self.port, closed=freePort()))

    def events(self) -> list[dict[str, Any]]:
        """All that was logged; each line is one object."""
        return [json.loads(line) for line in self.said().rpartition("\n")[0].splitlines()]

    def printed(self, *words: str) -> str:
        """What a verb prints."""
        done = dotchainCommand(*words, "--config", str(self.config), RUNTIME_DIRECTORY=str(self.folder))
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Logging]:
    """It serves."""
    with Logging(tmp_path) as running:
        yield running


def test_lines(daemon: Logging) -> None:
    """Each line is an object with its fields; a worker's says which one it is, and of which section."""
    overUdp(daemon.port, "x.example")
    until(lambda: any("worker" in each for each in daemon.events()))
    for event in daemon.events():
        assert set(event) >= {"time", "level", "namespace", "section", "message"}
    told = next(each for each in daemon.events() if each["level"] == "warn")
    assert (told["section"], told["worker"] in (1, 2)) == ("upstream up", True)


def test_level(daemon: Logging) -> None:
    """At error no warning is logged, by no worker; a reload has all as it was."""
    assert daemon.printed("log-level", "error") == "the log has error and above\n"
    overUdp(daemon.port, "x.example")
    assert not [each for each in daemon.events() if each["level"] == "warn"]
    daemon.printed("reload")
    assert daemon.printed("log-level") == "the log has info and above\n"
    until(lambda: "dotchain reloaded" in daemon.said())
