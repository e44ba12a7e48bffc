"""Outages and health: found out from live queries, by few trials, and back at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conformance.message import SERVFAIL
from ..interop.conftest import Credentials
from ..interop.server import slam, welcome
from .meanwhile import Meanwhile, call
from .scripts import answerAndLeave, fail, known
from .ways import Ways, serving

LONGEST = 5.0
"""Seconds that an address is left alone at the most, after it could not be reached."""

KEYS = {"brief": "timeout = 1s", "resting": "keep-warm = 2s\nidle-timeout = 1s"}


@pytest.fixture(scope="module")
def ways(folder: Path, credentials: Credentials) -> Iterator[Ways]:
    """Two groups of two upstreams, and upstreams alone."""
    scripts = {
        **dict.fromkeys(("beside", "other", "outage", "brief", "resting"), known),
        "leaving": answerAndLeave,
        "failing": fail,
    }
    groups = {"first": "leaving beside", "second": "failing other"}
    with serving(folder / "dotchain", credentials, scripts, KEYS, groups) as ways:
        yield ways


def noProbes(ways: Ways) -> None:
    """Ask once and wait."""
    server = ways.servers["resting"]
    assert server.accepted == 0
    with ways.client("resting") as client:
        client.ask()
    time.sleep(4.0)
    accepted = server.accepted
    assert not server.open
    time.sleep(1.5)
    assert (server.accepted, len(server.log)) == (accepted, 1)


def outage(ways: Ways) -> None:
    """Ask all the time while nobody is there, and after it."""
    server = ways.servers["outage"]
    server.door = slam
    with ways.client("outage") as client:
        client.steadily(50, 3.0)
        assert 2 <= server.accepted <= 8
        server.door = welcome
        back = time.monotonic()
        client.rest()
    with ways.client("outage") as client:
        client.steadily(50, 1.0)
        client.rest().assertAllRight()
        first = min(client.sent[number] + took for number, took in client.took.items())
        assert first - back < LONGEST + 1.0


def failsFast(ways: Ways) -> None:
    """Ask all the time while nobody is there."""
    server = ways.servers["brief"]
    server.door = slam
    with ways.client("brief") as client:
        client.steadily(20, 3.0)
        since = time.monotonic()
        client.steadily(20, 1.0)
        assert client.rest().rcodes == {SERVFAIL: len(client.sent)}
        assert client.quantile(0.5, since) < 0.5
    assert server.accepted <= 10


@pytest.fixture(scope="module")
def meanwhile(ways: Ways) -> Iterator[Meanwhile]:
    """These at the same time."""
    with Meanwhile(call, (noProbes, ways), (outage, ways), (failsFast, ways)) as running:
        yield running


@pytest.mark.usefixtures("meanwhile")
def test_closesAlways(ways: Ways) -> None:
    """A4: an upstream that closes each connection after its first answer stays the one that is asked."""
    with ways.client("first") as client:
        for pause in (0.0, 0.01, 0.05, 0.3) * 5:
            time.sleep(pause)
            client.ask()
        for _ in range(20):
            client.send()
        client.rest().assertAllRight()
    assert ways.servers["beside"].log == []


@pytest.mark.usefixtures("meanwhile")
def test_servfail(ways: Ways) -> None:
    """A9: an upstream that answers SERVFAIL to everything works: it is asked each time."""
    with ways.client("second") as client:
        for _ in range(50):
            client.ask()
        client.assertAllRight()
    assert len(ways.servers["failing"].log) == 50


def test_noProbes(meanwhile: Meanwhile) -> None:
    """A9: an upstream that nobody asks gets no query, and soon no connection."""
    meanwhile.outcome(noProbes)


def test_outage(meanwhile: Meanwhile) -> None:
    """A8: nobody there for a while: few trials, and who asks when somebody is there again is answered."""
    meanwhile.outcome(outage)


def test_failsFast(meanwhile: Meanwhile) -> None:
    """A8: while it is known that nobody is there, who asks is told at once."""
    meanwhile.outcome(failsFast)
