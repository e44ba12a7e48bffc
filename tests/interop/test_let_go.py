"""What is kept of ended connections to an upstream: nothing, and no garbage collector is needed for it."""

from __future__ import annotations

import gc
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from twisted.internet.defer import maybeDeferred
from twisted.internet.epollreactor import EPollReactor

from dotchain.address import targets
from dotchain.api import ask
from dotchain.options import defaults
from dotchain.upstreams.forward import Forward

from .conftest import Credentials
from .ports import HOST
from .scripted import Asked, Scripted, answerTo, serverSide

# One query a connection, so that each ends at once.
OPTIONS = {"keep_warm": 0.0, "max_queries": 1, "timeout": 3.0}
QUERIES = 10


def script(asked: Asked) -> None:
    """Every query is answered."""
    asked.send(answerTo(asked.query))


@pytest.fixture
def upstream(credentials: Credentials) -> Iterator[Scripted]:
    """The upstream."""
    with Scripted(serverSide(credentials.files), script) as server:
        yield server


@pytest.fixture
def reactor() -> Iterator[EPollReactor]:
    """One that is turned by hand."""
    made = EPollReactor()
    made.startRunning(installSignalHandlers=False)
    yield made
    made.disconnectAll()
    made.fireSystemEvent("shutdown")


def turn(reactor: EPollReactor, until: Callable[[], bool]) -> None:
    """Turn it, for ten seconds at the most."""
    for _ in range(1000):
        if until():
            return
        reactor.iterate(0.01)
    raise AssertionError("it takes too long")


def test_connections(upstream: Scripted, credentials: Credentials, reactor: EPollReactor) -> None:
    """TLS connections that have ended are gone, however many there were in months."""
    pins = frozenset({b64decode(credentials.server.pin)})
    given = {**defaults(Forward.options), **OPTIONS, "pin_sha256": pins}
    given["address"] = targets(f"tls://{HOST}:{upstream.port}")
    forward = Forward(reactor, **given)
    gc.collect()
    gc.disable()
    try:
        for number in range(QUERIES):
            done = maybeDeferred(forward.resolve, ask(f"name{number}.example.org"))
            turn(reactor, partial(getattr, done, "called"))
        turn(reactor, lambda: not forward.endpoints[0].carriers)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kept = Counter(type(each).__name__ for each in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    forward.stopService()
    assert forward.endpoints[0].carried == QUERIES
    assert not {"Pipeline", "Client", "Connector", "Dial"} & set(kept), kept
