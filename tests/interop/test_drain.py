"""An upstream is drained while two workers serve, one of which is then replaced."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import overUdp, texts
from .daemon import until
from .dotchain import dotchainCommand
from .plain import Plain
from .ports import HOST, freePort
from .test_log import Logging

NAMES = {f"n{number}.example": "192.0.2.1" for number in range(40)}


class Drained(Logging):
    """Two workers, and a group over two nameservers."""

    def __init__(self, folder: Path, one: Plain, two: Plain) -> None:
        super().__init__(folder)
        self.port = freePort()
        self.asked = 0
        self.text = f"""
[dotchain]
workers = 2
[front lan]
listen = udp://{HOST}:{self.port}
chain = home
[chain home]
path = both
[upstream both]
kind = failover
over = one two
[upstream one]
address = udp://{HOST}:{one.port}
[upstream two]
address = udp://{HOST}:{two.port}
"""

    def ask(self, count: int) -> None:
        """Ask for so many names, each from a socket of its own, so that both workers get some."""
        for _ in range(count):
            assert texts(overUdp(self.port, f"n{self.asked}.example."))
            self.asked += 1


@pytest.fixture
def servers() -> Iterator[tuple[Plain, Plain]]:
    """The first is asked as long as it is there."""
    with Plain(NAMES) as one, Plain(NAMES) as two:
        yield one, two


def test_drained(tmp_path: Path, servers: tuple[Plain, Plain]) -> None:
    """All queries go elsewhere at once, those of a worker that came later too, until it is undrained."""
    one, two = servers
    with Drained(tmp_path, one, two) as daemon:
        daemon.ask(4)
        assert (len(one.asked), len(two.asked)) == (4, 0)
        assert daemon.printed("drain", "one").startswith("one: drained; 0 queries in flight")
        daemon.ask(8)
        daemon.printed("reload")
        assert "one (forward), DRAINED" in daemon.printed("upstreams")
        workers = Path(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children").read_text().split()
        os.kill(int(workers[0]), signal.SIGKILL)
        until(lambda: "serves again" in daemon.said())
        daemon.ask(8)
        assert (len(one.asked), len(two.asked)) == (4, 16)
        daemon.printed("undrain", "one")
        daemon.ask(4)
        assert len(one.asked) == 8


def test_onlyOne(tmp_path: Path, servers: tuple[Plain, Plain]) -> None:
    """The last one is not drained, and it is told whom that would concern."""
    with Drained(tmp_path, *servers) as daemon:
        daemon.printed("drain", "two")
        where = ("--config", str(daemon.config))
        done = dotchainCommand("drain", "one", *where, RUNTIME_DIRECTORY=str(daemon.folder))
        assert (done.returncode, "[upstream both] can ask" in done.stderr) == (1, True), done


def test_kept(tmp_path: Path, servers: tuple[Plain, Plain]) -> None:
    """A reload that makes the upstream anew, as its section has changed, leaves it drained."""
    one, two = servers
    daemon = Drained(tmp_path, one, two)
    daemon.text = (daemon.text or "").replace("workers = 2", "drain = 5s")
    with daemon:
        daemon.printed("drain", "one")
        text = daemon.config.read_text()
        daemon.config.write_text(text.replace("[upstream one]", "[upstream one]\ntimeout = 3s"))
        daemon.printed("reload")
        daemon.ask(3)
        assert (len(one.asked), len(two.asked)) == (0, 3)
        daemon.printed("undrain", "one")
        daemon.ask(2)
        assert len(one.asked) == 2
