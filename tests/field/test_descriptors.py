"""Connections that end in every way leave no descriptor behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from ..interop.asked import Asked, Script
from ..interop.conftest import Credentials
from ..interop.connection import Connection
from ..interop.processes import halfClosed, sockets
from ..interop.server import Door, ignore, slam, welcome
from .scripts import answer
from .ways import Ways, serving

End = Callable[[Connection], None]

NOTICED: list[End] = [Connection.close, Connection.leave, Connection.end, Connection.abort]
"""Ways of ending a connection that its other side can notice."""

ENDS = {"one": NOTICED, "two": NOTICED, "three": [*NOTICED, Connection.forget]}
"""What the upstreams do."""

DOORS: list[Door] = [welcome, slam, welcome, ignore, welcome]

KEYS = "timeout = 1s\nidle-timeout = 500ms\nkeep-warm = 0s"


class Ending:
    """A script that answers, and ends each connection in another way."""

    def __init__(self, ends: list[End]) -> None:
        self._ends = cycle(ends)

    def __call__(self, asked: Asked) -> None:
        answer(asked)
        next(self._ends)(asked.stream)


def churn(ways: Ways) -> None:
    """Ask all the time while connections end, and are refused."""
    with ExitStack() as closing:
        clients = [closing.enter_context(ways.client(name)) for name in ENDS]
        for door in DOORS:
            for server in ways.servers.values():
                server.door = door
            begun, some = time.monotonic(), ways.connections() + 20 * (door is welcome)
            while time.monotonic() < begun + (0.6 if ways.connections() >= some else 20):
                for client in clients:
                    client.send()
                time.sleep(0.01)
        for client in clients:
            # Where nobody answers, or nobody can notice an end in time, it is SERVFAIL.
            assert set(client.rest().rcodes) == {0, 2}


def test_churn(tmp_path: Path, credentials: Credentials) -> None:
    """A23: connections end in all ways, in the handshake too: no descriptor stays, none in CLOSE_WAIT."""
    scripts: dict[str, Script] = {name: Ending(ends) for name, ends in ENDS.items()}
    keys = dict.fromkeys(ENDS, KEYS)
    with serving(tmp_path, credentials, scripts, keys) as ways:
        before = sockets(ways.dotchain)
        churn(ways)
        assert ways.connections() >= 60
        until = time.monotonic() + 30
        while sockets(ways.dotchain) > before and time.monotonic() < until:
            time.sleep(0.1)
        assert sockets(ways.dotchain) == before
        assert halfClosed(ways.dotchain) == 0
