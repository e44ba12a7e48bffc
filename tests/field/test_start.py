"""Started before the network: ready at once, and serving as soon as there is somebody to ask."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..conformance.message import SERVFAIL
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain
from ..interop.ports import freePort
from ..interop.server import Server, serverSide
from .clients import Client
from .scripts import known
from .ways import front, strict, tls, upstream

WITHIN = 10.0
"""Seconds in which an interpreter on a busy machine has started."""


class Notifying(Dotchain):
    """The daemon under something that takes notifications, as systemd does (sd_notify(3))."""

    def environment(self) -> dict[str, str]:
        """With the socket's name."""
        return {**super().environment(), "NOTIFY_SOCKET": str(self.folder / "notify")}


@contextmanager
def notified(folder: Path) -> Iterator[socket.socket]:
    """The socket that notifications come to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.bind(str(folder / "notify"))
        one.settimeout(WITHIN)
        yield one


def test_nobodyThere(tmp_path: Path, credentials: Credentials) -> None:
    """A20: READY=1 comes while no upstream can be reached; when one can be, clients are served."""
    port, there = freePort(), freePort()
    text = front("home", port, "out") + upstream("out", tls(there), strict(credentials))
    with notified(tmp_path) as system, Notifying(tmp_path, text) as dotchain:
        assert b"READY=1" in system.recv(4096)
        with Client(port) as early:
            assert early.ask().rcode == SERVFAIL
        assert dotchain.process.poll() is None
        with Server(known, serverSide(credentials.files), port=there), Client(port) as client:
            client.ask()
            client.assertAllRight()
