"""Connections that look open and are dead: after a change of route, a VPN, a NAT that forgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from ..interop.conftest import Credentials
from ..interop.server import Server, serverSide
from .clients import Client
from .meanwhile import Meanwhile
from .relay import Relay
from .scripts import known
from .ways import running, strict, tls, upstream

SILENCE = 2.0
"""Seconds without an octet after which dotchain no longer trusts a connection."""

SLACK = 0.5
"""Seconds that all may take longer on a busy machine."""

CONNECTIONS = {"blackhole": 5, "forgotten": 5, "forgotten-soon": 5, "one": 1, "four": 4}
"""The upstreams, and the connections that each may have."""


class Relayed(NamedTuple):
    """An upstream behind a relay, and dotchain's port before it."""

    port: int
    relay: Relay
    server: Server

    def open(self, connections: int) -> None:
        """Have so many connections open, all of them used."""
        with Client(self.port) as client:
            for _ in range(60 * connections):
                client.send("d500")
            client.rest().assertAllRight()
        assert len(self.server.open) == connections


@pytest.fixture(scope="module")
def relayed(folder: Path, credentials: Credentials) -> Iterator[dict[str, Relayed]]:
    """One dotchain before all of them."""
    side, servers, relays, text = serverSide(credentials.files), {}, {}, ""
    with ExitStack() as closing:
        for name, connections in CONNECTIONS.items():
            servers[name] = closing.enter_context(Server(known, side))
            relays[name] = closing.enter_context(Relay(servers[name].port))
            keys = f"connections = {connections}\nidle-timeout = 30s"
            text += upstream(name, tls(relays[name].port), strict(credentials), keys)
        paths = {name: name for name in CONNECTIONS}
        ways = closing.enter_context(running(folder / "dotchain", paths, text))
        yield {name: Relayed(ways.ports[name], relays[name], servers[name]) for name in CONNECTIONS}


def allStale(one: Relayed, die: Callable[[Relay], None], pause: float, most: float) -> None:
    """Ask once, while all connections are dead."""
    one.open(5)
    time.sleep(pause)
    die(one.relay)
    before = one.server.connections
    with Client(one.port) as client:
        client.ask()
        client.assertAllRight()
        assert client.took[1] < most
    assert one.server.connections == before + 1


def blackHole(one: Relayed, several: bool, rate: int, label: str) -> None:
    """Ask all the time, while connections go dead."""
    with Client(one.port) as client:
        client.steadily(rate, 1.0, label)
        assert (one.server.connections > 1) == several
        one.relay.blackHole()
        event = time.monotonic()
        client.steadily(rate, 4.5, label)
        client.rest().assertAllRight()
    assert client.quantile(0.99, event) <= 2.5 + SLACK
    # Who still had to wait for silence would have waited two seconds.
    assert client.quantile(1.0, event + 3.0) < SILENCE


@pytest.fixture(scope="module")
def meanwhile(relayed: dict[str, Relayed]) -> Iterator[Meanwhile]:
    """All of it at the same time."""
    cases = [
        ("forgotten", allStale, Relay.forget, 1.5, 1.0),
        ("forgotten-soon", allStale, Relay.forget, 0.0, 1.0),
        ("blackhole", allStale, Relay.blackHole, 1.5, SILENCE + 1.0),
        ("one", blackHole, False, 50, "ok"),
        ("four", blackHole, True, 500, "d200"),
    ]

    def check(name: str, what: Callable[..., None], *arguments: object) -> None:
        what(relayed[name], *arguments)

    with Meanwhile(check, *cases) as running:
        yield running


@pytest.mark.parametrize("name", ["forgotten", "forgotten-soon", "blackhole"])
def test_allStale(name: str, meanwhile: Meanwhile) -> None:
    """A2: five connections are open and all are dead: one handshake, and the query is answered."""
    meanwhile.outcome(name)


@pytest.mark.parametrize("name", ["one", "four"])
def test_blackHole(name: str, meanwhile: Meanwhile) -> None:
    """A3: all that is open goes dead under load: p99 stays at 2.5 s, three seconds later all is normal."""
    meanwhile.outcome(name)
