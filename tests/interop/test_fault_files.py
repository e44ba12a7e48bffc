"""Open files exhausted: clients that are there are served, and a reload has the files that it needs."""

from __future__ import annotations

import resource
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from .asking import overUdp, query, texts
from .changing import Changing
from .conftest import Credentials
from .daemon import until
from .dot import DotConnection
from .limits import fewFiles, limited
from .ports import HOST, freePort
from .processes import openFiles
from .scripted import Scripted, serverSide

FILES = 64


class Few(Changing):
    """
    A daemon whose processes may have 64 open files each.

    @ivar port: of UDP and TCP.
    @ivar secure: of TLS.
    """

    def __init__(self, folder: Path, credentials: Credentials, server: int, workers: int = 1) -> None:
        super().__init__(folder, credentials.ca)
        self.by = fewFiles(FILES)
        self.port, self.secure = freePort(), freePort()
        self._workers = workers
        self._upstream = f"address = tls://{HOST}:{server}\npin-sha256 = {credentials.server.pin}"

    def ini(self) -> str:
        """Three fronts on a forwarder, and a list."""
        return f"""
[dotchain]
control = s
workers = {self._workers}

[front clear]
listen = udp://{HOST}:{self.port} tcp://{HOST}:{self.port}
chain  = home

[front dot]
listen      = tls://{HOST}:{self.secure}
certificate = front.crt
key         = front.key
chain       = home

[chain home]
path = block cache out

[stage block]
lists = list

[upstream out]
{self._upstream}
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_fewFiles(workers: int, tmp_path: Path, credentials: Credentials) -> None:
    """With 64 files and 200 clients who stay, UDP, a new client and a reload of everything work as ever."""
    with (
        Scripted(serverSide(credentials.files)) as server,
        Few(tmp_path / "d", credentials, server.port, workers) as daemon,
        ExitStack() as clients,
    ):
        assert texts(overUdp(daemon.port, "first.example.org")) == ["192.0.2.1"]
        for number in range(200):
            with suppress(OSError):
                one = clients.enter_context(DotConnection(daemon.secure, timeout=2))
                one.send(query(f"n{number}.example.org"))
            assert openFiles(daemon) <= FILES
        assert daemon.reload() == {}
        with DotConnection(daemon.secure) as new:
            assert new.serial == daemon.pair.serial
            assert texts(new.ask(query("new.example.org"))) == ["192.0.2.1"]
        assert texts(overUdp(daemon.port, "last.example.org")) == ["192.0.2.1"]


def test_noFile(tmp_path: Path, credentials: Credentials) -> None:
    """
    Where there is not one file more, who is there is served, a reload keeps the old state, and with files
    again all is as before.
    """
    with (
        Scripted(serverSide(credentials.files)) as server,
        Few(tmp_path / "d", credentials, server.port) as daemon,
        DotConnection(daemon.secure) as kept,
    ):
        assert texts(kept.ask(query("first.example.org"))) == ["192.0.2.1"]
        with limited(daemon.process.pid, resource.RLIMIT_NOFILE, openFiles(daemon)):
            with socket.create_connection((HOST, daemon.secure)):
                for number in range(20):
                    assert texts(kept.ask(query(f"n{number}.example.org"))) == ["192.0.2.1"]
                    assert texts(overUdp(daemon.port, f"u{number}.example.org")) == ["192.0.2.1"]
            daemon.become()
            daemon.hangUp()
            until(lambda: "keeps the old state" in daemon.said())
        assert "Too many open files" in daemon.said()
        assert daemon.reload() == {}
        with DotConnection(daemon.secure) as new:
            assert new.serial == daemon.pair.serial
