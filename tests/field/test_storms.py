"""Bursts, and what comes of them: few handshakes, no query lost, quiet afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from measure.bench.load.processes import cpuSeconds

from ..conformance.message import SERVFAIL, query
from ..interop.asked import Asked
from ..interop.conftest import Credentials
from ..interop.server import slam, welcome
from .clients import assertAllRight, fresh, pour
from .meanwhile import Meanwhile, call
from .scripts import answer, known
from .ways import Ways, serving

LIMIT = 20
"""Queries in flight at which an upstream closes the connection."""

BURST = int(os.environ.get("DOTCHAIN_BURST", "2000"))
"""Queries at once; the environment may ask for more."""


def limited(asked: Asked) -> None:
    """Answers after 20 ms; with too many outstanding it resets the connection."""
    if len(asked.stream.outstanding) >= LIMIT:
        asked.abort()
    else:
        asked.call(0.02, answer, asked)


KEYS = {"four": "connections = 4", "slow": "timeout = 1s"}


@pytest.fixture(scope="module")
def ways(folder: Path, credentials: Credentials) -> Iterator[Ways]:
    """An upstream for each test."""
    scripts = {**dict.fromkeys(("one", "four", "slow", "slammed"), known), "limited": limited}
    with serving(folder / "dotchain", credentials, scripts, KEYS) as ways:
        yield ways


def burst(ways: Ways, name: str, count: int) -> None:
    """So many queries at once, all of which are answered."""
    wires = [query(fresh(), id=number) for number in range(count)]
    assertAllRight(pour(ways.ports[name], wires), count)


@pytest.mark.parametrize(("name", "most"), [("one", 1), ("four", 4)])
def test_burst(name: str, most: int, ways: Ways) -> None:
    """A5: thousands of queries at once, and nothing is open yet: few handshakes, and all answered."""
    burst(ways, name, BURST)
    assert ways.servers[name].accepted <= most


def stopped(folder: Path, credentials: Credentials) -> None:
    """Stop dotchain under load, and watch what it does afterwards."""
    with serving(folder / "stopped", credentials, {"out": known}) as ways:
        watch(ways)


def watch(ways: Ways) -> None:
    """Stop this one."""
    process, server = ways.dotchain.process, ways.servers["out"]
    with ways.client("out") as client:

        def busy() -> float:
            before = cpuSeconds([process.pid])
            client.steadily(200, 1.0)
            return cpuSeconds([process.pid]) - before

        usual = busy()
        process.send_signal(signal.SIGSTOP)
        try:
            client.steadily(200, 2.5)
        finally:
            process.send_signal(signal.SIGCONT)
        client.steadily(200, 1.0)
        assert busy() < 2 * usual + 0.2
        client.rest().assertAllRight()
    assert server.accepted <= 3


def slowOnes(ways: Ways) -> None:
    """Ask for names that are never answered among others."""
    with ways.client("slow") as slow, ways.client("slow") as client:
        for _ in range(30):
            slow.send("drop")
            client.steadily(50, 0.1)
        client.rest().assertAllRight()
        assert slow.rest().rcodes == {2: 30}
    assert ways.servers["slow"].accepted == 1


def slammed(ways: Ways) -> None:
    """Ask all the time while connections are reset."""
    server = ways.servers["slammed"]
    server.door = slam
    with ways.client("slammed") as client:
        client.steadily(200, 2.0)
        assert 2 <= server.accepted <= 8
        server.door = welcome
        assert set(client.rest().rcodes) <= {0, SERVFAIL}
    with ways.client("slammed") as client:
        client.steadily(200, 0.3)
        client.rest().assertAllRight()
    assert server.connections == 1


def test_limit(ways: Ways) -> None:
    """A13: an upstream resets at the 20th query in flight: nothing fails, and the limit is learned."""
    server = ways.servers["limited"]
    for _ in range(2):
        burst(ways, "limited", 300)
    learned = server.connections
    for _ in range(4):
        burst(ways, "limited", 300)
    # The window is opened a little further now and then: that may cost a connection.
    assert server.connections - learned <= 4
    assert server.met[-1].peak <= LIMIT


@pytest.fixture(scope="module")
def meanwhile(ways: Ways, folder: Path, credentials: Credentials) -> Iterator[Meanwhile]:
    """These at the same time."""
    own = (folder, credentials)
    with Meanwhile(call, (stopped, *own), (slowOnes, ways), (slammed, ways)) as running:
        yield running


def test_stopped(meanwhile: Meanwhile) -> None:
    """A5: dotchain stands still for two seconds under load: no storm follows."""
    meanwhile.outcome(stopped)


def test_slowOnes(meanwhile: Meanwhile) -> None:
    """A5: names that are never answered don't cost a connection that answers others."""
    meanwhile.outcome(slowOnes)


def test_slammed(meanwhile: Meanwhile) -> None:
    """A5: an upstream that resets connections for a while is not stormed, and used when it is well again."""
    meanwhile.outcome(slammed)
