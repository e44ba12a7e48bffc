"""The log of queries as several workers write it, and as logrotate moves it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .asking import dig
from .daemon import until
from .dotchain import CHECKOUT, Dotchain
from .ports import HOST, freePort

NAMES = [f"n{number}.wild.example.org" for number in range(40)]


class Logging(Dotchain):
    """A daemon with two workers that log all queries."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = freePort()
        self.file = folder / "queries.json"
        self.text = f"""
[dotchain]
workers = 2
control = control

[front lan]
listen = udp://{HOST}:{self.port}
chain  = home

[chain home]
path = querylog cache lab

[stage querylog]
file    = queries.json
clients = hashed
rotate  = 2k 20

[upstream lab]
kind = zone
file = {CHECKOUT / "etc" / "lab.zone"}
"""

    def lines(self) -> list[dict[str, Any]]:
        """What stands in all files by now, in whole lines; none while files change their names."""
        try:
            texts = [file.read_text() for file in self.folder.glob("queries.json*")]
        except FileNotFoundError:
            return []
        return [json.loads(line) for text in texts for line in text.split("\n")[:-1]]


def test_workers(tmp_path: Path) -> None:
    """Each query stands there once, whole, whoever has written it, though files change often."""
    with Logging(tmp_path) as running:
        for name in NAMES:
            assert "192.0.2.3" in dig(running.port, "+short", name, "A")
        until(lambda: len(running.lines()) == len(NAMES))
        lines = running.lines()
        assert sorted(each["name"] for each in lines) == sorted(NAMES)
        assert {each["from"] for each in lines} == {"upstream lab"}
        assert len({each["client"] for each in lines}) == 1
        assert len(list(tmp_path.glob("queries.json.*"))) > 1
        assert {each.stat().st_mode & 0o777 for each in tmp_path.glob("queries.json*")} == {0o600}


def test_moved(tmp_path: Path) -> None:
    """A file that was moved away, and a HUP: another one begins, and nothing is lost."""
    with Logging(tmp_path) as running:
        dig(running.port, NAMES[0], "A")
        until(lambda: len(running.lines()) == 1)
        running.file.rename(tmp_path / "queries.json-20260102")
        running.hangUp()
        until(running.file.exists)
        dig(running.port, NAMES[1], "A")
        until(lambda: len(running.lines()) == 2)
        assert NAMES[1] in running.file.read_text()
