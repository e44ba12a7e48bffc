"""What dotchain itself writes and reads again: the saved cache, the lines of the control socket."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure

from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.config.source import NOWHERE
from dotchain.control.running import CommandError, Running
from dotchain.control.verbs import VERBS, run
from dotchain.stages.cache.saved import NotUsable, readChunk, readHead
from dotchain.testing import SOA, makeAnswer, makeQuery
from dotchain.wire.codes import NXDOMAIN
from tests.stages.cache.test_saved import entryOf, written

from ..target import Target

_INI = """\
[front lan]
listen = udp://127.0.0.1:53
chain  = main

[stage cache]
[stage limit]

[chain main]
path = limit cache out

[upstream out]
address = tcp://192.0.2.1
"""


def _saved(octets: bytes) -> None:
    """A file of answers is read to its end, or damaged."""
    file = BytesIO(octets)
    with suppress(NotUsable):
        readHead(file)
        while readChunk(file):
            pass


@cache
def running() -> Running:
    clock: Any = MemoryReactorClock()
    try:
        tree = load(NOWHERE._replace(file="f.ini", folder=Path("/"), text=_INI), clock)
    except ConfigError as error:
        raise AssertionError(error.problems) from error
    seconds = clock.seconds
    return Running(tree, Path("/f.ini"), clock, seconds, seconds(), lambda: succeed([]))


def _control(octets: bytes) -> None:
    """A line is carried out, or what is wrong with it is told; either is JSON."""
    daemon = running()
    with suppress(CommandError, CancelledError):
        done = run(daemon, octets[:4096])
        json.dumps(_outcome(done, daemon.reactor) if isinstance(done, Coroutine) else done)


def _outcome(done: Coroutine[Any, Any, Any], clock: Any) -> Any:
    """What it comes to in a minute."""
    outcome: list[Any] = []
    waiting = Deferred.fromCoroutine(done).addBoth(outcome.append)
    for _ in range(6):
        clock.advance(10)
    waiting.cancel()
    return outcome[0].raiseException() if isinstance(outcome[0], Failure) else outcome[0]


def _answers() -> tuple[bytes, ...]:
    query = makeQuery("www.example.org.", "A")
    found = makeAnswer(query, "www.example.org. 300 IN A 192.0.2.1", errors=[(4, "x")])
    denied = makeAnswer(query, authority=[SOA], rcode=NXDOMAIN)
    return written(entryOf(query, found)), written(
        entryOf(query, found), entryOf(query, denied, negative=True)
    )


TARGETS = (
    Target("saved", _saved, _answers()),
    Target(
        "control",
        _control,
        tuple(
            json.dumps({"verb": name, **{key: kind() for key, kind in verb.arguments.items()}}).encode()
            for name, verb in VERBS.items()
        ),
    ),
)
