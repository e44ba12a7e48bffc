"""The script of faults: what becomes of the server that is shared, while queries come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.interop import outages
from tests.interop.liar import LyingServer
from tests.interop.lies import LIES
from tests.interop.valkeyserver import ValkeyServer

Server = ValkeyServer | LyingServer
"""One that can be shared."""

Fault = Callable[[Any], AbstractContextManager[object]]
"""What befalls it, until its block ends."""

WRONG = "wrong-"
"""How the names of lies begin."""

_KICKS = 0.2


@contextmanager
def calm(server: Server) -> Iterator[None]:
    """Nothing happens."""
    yield


@contextmanager
def killed(server: ValkeyServer) -> Iterator[None]:
    """It gets SIGKILL, and is started again at the end, empty."""
    with outages.killed(server):
        yield
    server.startAgain()


@contextmanager
def restarted(server: ValkeyServer) -> Iterator[None]:
    """It is ended in order, and started again at once, empty."""
    server.process.terminate()
    server.process.wait()
    server.startAgain()
    yield


@contextmanager
def full(server: ValkeyServer) -> Iterator[None]:
    """It may have less memory than it has, and forgets nothing by itself."""
    server.say("CONFIG", "SET", "maxmemory", "1mb")
    yield
    server.say("CONFIG", "SET", "maxmemory", "0")


@contextmanager
def readOnly(server: ValkeyServer) -> Iterator[None]:
    """It is made the replica of a server that isn't there."""
    server.say("REPLICAOF", "127.0.0.1", "1")
    yield
    server.say("REPLICAOF", "NO", "ONE")


@contextmanager
def locked(server: ValkeyServer) -> Iterator[None]:
    """It wants a password that nobody was told, also of those who are there."""
    server.say("CONFIG", "SET", "requirepass", "new")
    server.say("CLIENT", "KILL", "TYPE", "normal")
    yield
    server.say("CONFIG", "SET", "requirepass", "", password="new")


@contextmanager
def kicked(server: ValkeyServer) -> Iterator[None]:
    """It closes all connections five times a second."""
    over = threading.Event()

    def kick() -> None:
        while not over.wait(_KICKS):
            server.say("CLIENT", "KILL", "TYPE", "normal")

    kicks = threading.Thread(target=kick)
    kicks.start()
    try:
        yield
    finally:
        over.set()
        kicks.join()


REAL: dict[str, Fault] = {
    "calm": calm,
    "stopped": outages.stopped,
    "killed": killed,
    "restarted": restarted,
    "full": full,
    "read-only": readOnly,
    "locked": locked,
    "kicked": kicked,
}
"""What befalls a real one, by its name."""

FAULTS: dict[str, Fault] = {**REAL, **{WRONG + name: partial(LyingServer.lying, name=name) for name in LIES}}
"""All, by their names."""


def serverFor(fault: str, folder: Path) -> Server:
    """The server that this can befall."""
    return ValkeyServer(folder) if fault in REAL else LyingServer(folder)
