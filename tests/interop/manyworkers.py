"""dotchain with several workers, and a client that asks all the time."""

from __future__ import annotations

import re
import threading
import time
from contextlib import suppress
from pathlib import Path

import dns.exception
import dns.message

from .asking import overUdp
from .certificates import Files, Issued, leaf
from .conftest import Credentials
from .daemon import Daemon
from .dotchain import Dotchain
from .ports import HOST, freePort

COUNT = 4


class Workers(Dotchain):
    """
    dotchain with four workers.

    @ivar port: of its UDP and TCP front.
    @ivar secure: of its TLS front.
    @ivar first: the certificate that it starts with.
    """

    def __init__(self, folder: Path, credentials: Credentials, end: str, more: str = "") -> None:
        """@param end: the section of the upstream C{end}."""
        self.port, self.secure = freePort(), freePort()
        folder.mkdir(exist_ok=True)
        self.credentials = credentials
        super().__init__(folder / "dotchain")
        self.folder.mkdir()
        self.first = self.replace()
        self.text = f"""
[dotchain]
workers = {COUNT}
control = control
{more}

[front clear]
listen = udp://{HOST}:{self.port}
         tcp://{HOST}:{self.port}
chain  = home

[front dot]
listen      = tls://{HOST}:{self.secure}
certificate = {self.files.certificate}
key         = {self.files.key}
chain       = home

[chain home]
path = cache end

[stage cache]
save = answers

[upstream end]
{end}
"""

    def replace(self) -> Issued:
        """Put another certificate in place of the one that is there."""
        made = leaf(self.credentials.ca)
        self.files: Files = made.write(self.folder, "front")
        return made

    @property
    def pids(self) -> dict[int, int]:
        """The processes of the workers, by their number: as ps shows them."""
        return workersOf(self.process.pid)


def workersOf(pid: int) -> dict[int, int]:
    """
    The processes of a daemon's workers, by their number: as ps shows them.

    @param pid: of their parent.
    """
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = {}
    for child in children:
        with suppress(OSError):
            line = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            if number := re.search(r"worker (\d+) of \d+: \S+dotchain\.ini", line):
                found[int(number[1])] = int(child)
    return found


def isAlive(pid: int) -> bool:
    """Whether the process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Asker(threading.Thread):
    """
    A client that asks over UDP, each time from another port, until it is told to stop; it never repeats.

    @ivar asked: how many queries were sent.
    @ivar lost: how many were not answered within five seconds.
    """

    def __init__(self, port: int) -> None:
        super().__init__()
        self.asked = self.lost = 0
        self.slowest = 0.0
        self.over = threading.Event()
        self._port = port

    def run(self) -> None:
        """Ask, at most 3000 times."""
        while not self.over.is_set() and self.asked < 3000:
            self.asked += 1
            began = time.monotonic()
            try:
                overUdp(self._port, "foo.example.org", timeout=5)
            except dns.exception.Timeout:
                self.lost += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.001)


class Killed(Workers):
    """Its parent will be killed."""

    def __exit__(self, *why: object) -> None:
        Daemon.__exit__(self, *why)
