"""Groups over two Unbounds, one of which is stopped or killed under load: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from .asking import overUdp, texts
from .certificates import NAME
from .conftest import Credentials
from .dotchain import Dotchain
from .load import RATE, Load
from .outages import killed, stopped
from .ports import HOST, freePort
from .resolvers import Unbound

KINDS = ("failover", "fastest", "spread", "race", "hedge", "round-robin", "random", "least", "hash")

Out = Callable[[Unbound], AbstractContextManager[None]]


def configuration(ports: dict[str, int], unbounds: list[Unbound], credentials: Credentials) -> str:
    """A front for each kind of group, all over the same two upstreams; and a group over groups."""
    text = "".join(
        f"""
[upstream {name}]
address = tls://{HOST}:{unbound.port}
name    = {NAME}
ca-file = {credentials.trusted}
"""
        for name, unbound in zip(("one", "two"), unbounds, strict=True)
    )
    for kind, port in ports.items():
        over = "race spread" if kind == "nested" else "one two"
        text += f"""
[front {kind}]
listen = udp://{HOST}:{port}
chain  = {kind}-chain

[chain {kind}-chain]
path = {kind}

[upstream {kind}]
kind = {"failover" if kind == "nested" else kind}
over = {over}
"""
    return text


@pytest.fixture
def unbounds(
    folder: Path, credentials: Credentials, request: pytest.FixtureRequest
) -> Iterator[list[Unbound]]:
    """Two, with one certificate."""
    place = folder / request.node.name.replace("[", "-").strip("]")
    with Unbound(place / "one", credentials.files) as one, Unbound(place / "two", credentials.files) as two:
        yield [one, two]


@pytest.fixture
def ports(unbounds: list[Unbound], credentials: Credentials) -> Iterator[dict[str, int]]:
    """A dotchain with all groups: the port of each."""
    ports = {kind: freePort() for kind in (*KINDS, "nested")}
    with Dotchain(unbounds[0].folder / "dotchain", configuration(ports, unbounds, credentials)):
        yield ports


@pytest.mark.parametrize("out", [stopped, killed])
def test_nothingLost(out: Out, ports: dict[str, int], unbounds: list[Unbound]) -> None:
    """Under load one of two upstreams goes: every query gets its one answer, and soon at the old pace."""
    loads = {kind: Load(port) for kind, port in ports.items()}
    with ThreadPoolExecutor(len(loads)) as pool:
        list(pool.map(lambda load: load.run(0.5), loads.values()))
        with out(unbounds[0]):
            list(pool.map(lambda load: load.run(5), loads.values()))
            list(pool.map(Load.rest, loads.values()))
    for kind, load in loads.items():
        load.assertNothingLost(kind)
        late = sorted(took for number, took in load.took.items() if number > 3.5 * RATE)
        assert late[len(late) * 95 // 100] < 1.0, (kind, late[-20:])


def test_failsBack(ports: dict[str, int], unbounds: list[Unbound]) -> None:
    """When the first works again it is asked again."""
    load = Load(ports["failover"])
    with stopped(unbounds[0]):
        load.run(3)
    load.run(3)
    with killed(unbounds[1]):
        load.run(1)
        load.rest()
    load.assertNothingLost("failover")


def test_allGroups(ports: dict[str, int]) -> None:
    """With both up, every group answers."""
    for port in ports.values():
        assert texts(overUdp(port, "foo.example.org")) == ["192.0.2.1"]
