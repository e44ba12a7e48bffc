"""Pauses between queries, and upstreams that close, or forget, what is idle."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ..interop.asked import Asked
from ..interop.conftest import Credentials
from ..interop.connection import Connection
from ..interop.server import Server, serverSide
from .clients import Client
from .scripts import answer
from .ways import running, strict, tls, upstream

HANDSHAKE = 1.0
"""Seconds that a handshake may take on a busy machine; it takes some milliseconds."""

SILENCE = 2.0
"""Seconds without an octet after which dotchain no longer trusts a connection."""

ENDS: dict[str, Callable[[Connection], None]] = {
    "notify": Connection.leave,
    "fin": Connection.end,
    "rst": Connection.abort,
    "forget": Connection.forget,
}
"""close_notify and FIN, FIN alone, RST, and nothing that anybody could notice."""

IDLE = (1.2, 2.0, 3.0)
"""Seconds after which an upstream ends a connection that is idle."""

FACTORS = (0.5, 1.3, 0.9, 1.0, 1.1, 0.98, 1.0, 1.02, 1.4)
"""Pauses, in idle times of the upstream."""

SECTIONS = 3
"""Upstreams of dotchain that ask the same server, each after the pauses in an order of its own."""

TOTAL = 8.0
"""Seconds of pauses of each."""

CASES = [(end, idle) for end in ENDS for idle in IDLE]


class Closing:
    """A script that answers, and ends each connection after so many seconds without a query."""

    def __init__(self, seconds: float, end: Callable[[Connection], None]) -> None:
        self._seconds = seconds
        self._end = end
        self._timers: dict[Connection, Any] = {}

    def rest(self, connection: Connection) -> None:
        """A connection is idle from now on."""
        if (timer := self._timers.get(connection)) is not None:
            timer.cancel()
        self._timers[connection] = connection.server.loop.call_later(self._seconds, self._end, connection)

    def __call__(self, asked: Asked) -> None:
        answer(asked)
        self.rest(asked.stream)


class Pause(NamedTuple):
    """A pause, what the query after it came to, and the seconds that this took."""

    seconds: float
    rcode: int
    took: float


def pausing(port: int, idle: float, offset: int) -> list[Pause]:
    """Ask after pauses of many lengths."""
    found = []
    with Client(port) as client:

        def ask(pause: float) -> None:
            time.sleep(pause)
            rcode = client.ask().rcode
            found.append(Pause(pause, rcode, client.took[len(client.took)]))

        ask(0)
        left = TOTAL
        for factor in islice(cycle(FACTORS), offset, None):
            pause = factor * idle + random.uniform(-0.01, 0.01)
            if (left := left - pause) < 0:
                return found
            ask(pause)
    raise AssertionError


@pytest.fixture(scope="module")
def pauses(folder: Path, credentials: Credentials) -> Iterator[dict[tuple[str, float], list[list[Pause]]]]:
    """What came of all pauses of all upstreams, all of them at the same time."""
    with ExitStack() as closing:
        text, paths = "", {}
        for end, idle in CASES:
            script = Closing(idle, ENDS[end])
            server = closing.enter_context(Server(script, serverSide(credentials.files)))
            server.greet = script.rest
            for number in range(SECTIONS):
                name = f"{end}-{idle:g}-{number}"
                text += upstream(name, tls(server.port), strict(credentials))
                paths[name] = name
        ways = closing.enter_context(running(folder / "dotchain", paths, text))
        pool = closing.enter_context(ThreadPoolExecutor(len(paths)))

        def start(end: str, idle: float, number: int) -> Future[list[Pause]]:
            return pool.submit(pausing, ways.ports[f"{end}-{idle:g}-{number}"], idle, 3 * number)

        begun = {case: [start(*case, number) for number in range(SECTIONS)] for case in CASES}
        yield {case: [one.result(60) for one in several] for case, several in begun.items()}


def assertLearned(found: list[Pause]) -> None:
    """
    What took long teaches: connections are closed at 0.8 of that pause from then on, so that no later
    one as long, or nearly so, costs time again. Dotchain looks at them ten times a second.
    """
    shortest = float("inf")
    for pause in found:
        if pause.took >= HANDSHAKE:
            assert pause.took < SILENCE + HANDSHAKE
            assert pause.seconds < 0.8 * shortest + 0.15, found
            shortest = pause.seconds


@pytest.mark.parametrize(("end", "idle"), CASES)
def test_pause(end: str, idle: float, pauses: dict[tuple[str, float], list[list[Pause]]]) -> None:
    """
    A1: whatever an upstream does with idle connections, no query after a pause fails, and it takes a
    handshake more at the most. One that forgets them without a word looks like one that is slow: here
    the first query that meets this takes as long as it takes to notice.
    """
    for found in pauses[end, idle]:
        assert [pause.rcode for pause in found] == [0] * len(found)
        if end == "forget":
            assertLearned(found)
        else:
            assert max(pause.took for pause in found) < HANDSHAKE, found
