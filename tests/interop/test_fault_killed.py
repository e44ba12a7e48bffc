"""kill -9 of a daemon while it saves: what stands on the disk is whole, and the next one has it."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path

from .asking import query
from .daemon import WAITS, Daemon, until
from .dotchain import Dotchain
from .ports import HOST, freePort
from .zone import writeZone

COUNT = 3000


class Saving(Dotchain):
    """
    A daemon that saves its cache.

    @ivar saved: the file.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = freePort()
        self.saved = folder / "saved"
        self.text = f"""
[dotchain]
control = s

[front lan]
listen = udp://{HOST}:{self.port}
chain  = home

[chain home]
path = cache end

[stage cache]
save = saved

[upstream end]
kind = zone
file = {writeZone(folder)}
"""

    def fill(self) -> None:
        """Have so many answers in the cache."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(WAITS)
            client.connect((HOST, self.port))
            for number in range(COUNT):
                client.send(query(f"n{number}.many.example.org").to_wire())
                client.recv(65535)

    def read(self) -> int:
        """How many answers were read at its start."""
        until(lambda: "answers read from" in self.said())
        found = re.search(r"answers read from \S+: (\d+)", self.said())
        assert found is not None
        return int(found[1])

    def flush(self, name: str) -> None:
        """Forget a name, upon which the file is written anew."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(WAITS)
            asking.connect(str(self.folder / "s"))
            asking.sendall(json.dumps({"verb": "flush", "name": name}).encode() + b"\n")
            assert "result" in json.loads(asking.makefile().readline())


class Killed(Saving):
    """It will be killed."""

    def __exit__(self, *why: object) -> None:
        Daemon.__exit__(self, *why)


def test_whileItSaves(tmp_path: Path) -> None:
    """Killed in the middle of saving, three times, it leaves the file as it was or as it is to be."""
    with Saving(tmp_path) as daemon:
        daemon.fill()
    counts = [COUNT]
    for number in range(3):
        with Killed(tmp_path) as daemon:
            assert daemon.read() in (counts[-1], counts[-1] - 1)
            counts.append(daemon.read())
            before, new = daemon.saved.stat().st_ino, tmp_path / "saved.new"
            daemon.flush(f"n{number}.many.example.org")
            end = time.monotonic() + 20
            # Looked for without a pause: it is written in some milliseconds.
            while not new.exists() and daemon.saved.stat().st_ino == before:
                assert time.monotonic() < end, "nothing is saved"
            daemon.process.kill()
            daemon.process.wait()
    with Saving(tmp_path) as daemon:
        assert daemon.read() in (counts[-1], counts[-1] - 1)
    assert [each.name for each in tmp_path.glob("saved*")] == ["saved"]
