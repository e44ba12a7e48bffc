"""Two workers whose INI file changes while they serve: both take it, or neither does."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .asking import overTcp, overUdp, texts
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .manyworkers import Asker
from .ports import HOST, freePort

CONFIG = """\
[dotchain]
workers = 2
control = s

[front lan]
listen = udp://{host}:{lan} tcp://{host}:{lan}
chain  = home
{front}
[chain home]
path = {path}

[upstream end]
kind = zone
file = {zone}
"""
ZONE = (
    "$ORIGIN example.org.\n$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.9\nfoo A 192.0.2.{last}\n"
)


class Two(Dotchain):
    """A chain of two workers before one of two zones."""

    def __init__(self, folder: Path) -> None:
        for last, name in enumerate(("one", "two"), 1):
            (folder / name).write_text(ZONE.format(last=last))
        self.given: dict[str, Any] = {
            "host": HOST,
            "lan": freePort(),
            "path": "end",
            "zone": "one",
            "front": "",
        }
        super().__init__(folder, CONFIG.format(**self.given))

    def reload(self, *more: str, **given: Any) -> tuple[int, str]:
        """Change the file, and reload; its status and what it said."""
        self.config.write_text(CONFIG.format(**{**self.given, **given}))
        done = dotchainCommand("reload", *more, "--socket", str(self.folder / "s"))
        return done.returncode, done.stdout

    def answers(self) -> set[str]:
        """What clients at many ports hear, so that both workers are asked."""
        return {text for _ in range(24) for text in texts(overUdp(self.given["lan"], "foo.example.org"))}

    @property
    def pids(self) -> dict[int, int]:
        """The processes of the workers."""
        found = dotchainCommand("stats", "--json", "--socket", str(self.folder / "s"))
        workers = json.loads(found.stdout)["process"]["workers"]
        return {int(number): each["pid"] for number, each in workers.items()}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    """Two workers, running."""
    with Two(tmp_path) as made:
        yield made


def test_bothTake(two: Two) -> None:
    """Another upstream and a stage more are there with both workers at once, and no query is lost."""
    before = two.pids
    asker = Asker(two.given["lan"])
    asker.start()
    try:
        assert two.answers() == {"192.0.2.1"}
        assert two.reload(zone="two")[0] == 0
        assert two.answers() == {"192.0.2.2"}
        status, said = two.reload(path="any cache end", front="max-client-in-flight = 99")
        assert (status, two.answers()) == (0, {"192.0.2.1"}), said
        assert texts(overTcp(two.given["lan"], "foo.example.org")) == ["192.0.2.1"]
        # What the caches hold stays.
        assert two.reload(path="cache end", zone="two")[0] == 0
        assert two.answers() == {"192.0.2.1"}
        assert two.reload(path="any end", zone="two")[0] == 0
        assert two.answers() == {"192.0.2.2"}
    finally:
        asker.over.set()
        asker.join()
    assert asker.lost == 0
    assert asker.asked > 10
    assert two.pids == before


def test_broken(two: Two) -> None:
    """Where the file is broken, or what it names, both go on as before; one line says where."""
    status, said = two.reload(zone="two", front="wrod = 1")
    assert status == 1
    assert re.search(r"dotchain\.ini:8: \[front lan\] wrod: unknown key", said)
    (two.folder / "two").write_text("nonsense")
    status, said = two.reload(zone="two")
    assert status == 1
    assert re.search(r"\[upstream end\]", said)
    assert two.answers() == {"192.0.2.1"}


def test_killed(two: Two) -> None:
    """A worker that is killed after a reload, or just before one, comes back with the new tree."""
    assert two.reload(zone="two")[0] == 0
    before = two.pids
    os.kill(before[1], signal.SIGKILL)
    until(lambda: "worker 1 serves again" in two.said())
    assert two.pids[1] != before[1]
    assert two.answers() == {"192.0.2.2"}
    os.kill(two.pids[2], signal.SIGKILL)
    two.reload(path="any end")
    until(lambda: "worker 2 serves again" in two.said())
    two.reload(path="any end")
    assert two.answers() == {"192.0.2.1"}


def test_plan(two: Two) -> None:
    """``--plan`` tells what would change, and changes nothing."""
    status, said = two.reload("--plan", path="any end")
    assert status == 0
    assert "changed [chain home]: path" in said.splitlines()
    assert two.answers() == {"192.0.2.1"}


def test_elsewhere(two: Two) -> None:
    """A front at another port is there with both workers, and a worker that is killed then has it, too."""
    before, two.given["lan"] = two.given["lan"], freePort()
    status, said = two.reload(path="any end")
    assert status == 0, said
    assert two.answers() == {"192.0.2.1"}
    os.kill(two.pids[1], signal.SIGKILL)
    assert two.answers() == {"192.0.2.1"}
    until(lambda: "worker 1 serves again" in two.said())
    assert two.answers() == {"192.0.2.1"}
    assert texts(overTcp(two.given["lan"], "foo.example.org")) == ["192.0.2.1"]
    # Nobody is there any more, be it a process that has stood in.
    until(lambda: free(before))


def free(port: int) -> bool:
    """Whether others could have it now."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as made:
            try:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
                made.bind((HOST, port))
            except OSError:
                return False
    return True


def test_taken(two: Two) -> None:
    """Where an address can't be had, both go on as before, and the port that was free is free again."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        status, said = two.reload(zone="two", lan=port)
    assert status == 1
    assert f"[front lan] listen: cannot listen on tcp://{HOST}:{port}" in said
    assert free(port)
    assert two.reload(front="wrod = 1", lan=freePort())[0] == 1
    assert two.answers() == {"192.0.2.1"}
