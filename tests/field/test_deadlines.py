"""Upstreams that never answer: clients get an answer in time, and the log a reason."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from ..conformance.client import datagrams
from ..conformance.message import SERVFAIL, Message, optrr, query
from ..conformance.replies import RIGHT
from ..interop.conftest import Credentials
from ..interop.ports import HOST, freePort
from ..interop.processes import memory
from ..interop.server import Door, Server, ignore, serverSide, slam, welcome
from .clients import assertExplained, fresh
from .flood import Flood, dropped
from .scripts import answer, known
from .ways import running, serving, strict, tls, upstream

SLACK = 1.0
"""Seconds that all may take longer on a busy machine."""

TIMEOUT, PATIENCE = 4.5, 1.5
"""Seconds after which a client has his answer, and after which somebody else is asked."""

DOORS: dict[str, Door] = {"reset": slam, "ignored": ignore, "silent": welcome}
"""RST after the connection was accepted, no handshake, a handshake and no answer."""

LOGGED = {
    "reset": r"failed: .* \(phase (tls|connect)",
    "ignored": r"TLS handshake not done in 1.5 s \(phase tls",
    "silent": r"is silent for 2 s.* \(phase timeout, connection [\d.]+ s old, 1 queries sent",
    "closed": r"connection failed: .*refused.* \(phase connect",
    "full": r"TCP connection not done in 1.5 s \(phase connect",
}
"""All cells, and what the log tells behind upstream and address."""

HOW = ("alone", "second", "group")
"""Alone, with a second address that works, and first of a group whose second works."""


@contextmanager
def full() -> Iterator[int]:
    """A port whose backlog is full, so that SYN is answered by nothing."""
    with ExitStack() as closing:
        listening = closing.enter_context(socket.create_server((HOST, 0), backlog=0))
        while True:
            one = closing.enter_context(socket.socket())
            one.settimeout(0.2)
            try:
                one.connect(listening.getsockname())
            except TimeoutError:
                break
        yield listening.getsockname()[1]


class Cells(NamedTuple):
    """
    What came of the first query to each upstream.

    @ivar answers: by cell and the rest of the upstream's name.
    @ivar took: seconds that they took.
    @ivar said: the daemon's log.
    """

    answers: dict[str, Message]
    took: dict[str, float]
    ports: dict[str, int]
    said: str


def ask(port: int, label: str) -> tuple[Message, float]:
    """Ask once, with an OPT."""
    with datagrams(port) as one:
        start = time.monotonic()
        one.send(query(fresh(label), opt=optrr()))
        return Message(one.recv(65535)), time.monotonic() - start


@pytest.fixture(scope="module")
def cells(folder: Path, credentials: Credentials) -> Cells:
    """All cells, asked at the same time."""
    side, keys = serverSide(credentials.files), strict(credentials)
    with ExitStack() as closing:
        good = closing.enter_context(Server(answer, side))
        ports = {"closed": freePort(), "full": closing.enter_context(full())}
        for name, door in DOORS.items():
            server = closing.enter_context(Server(known, side))
            server.door, ports[name] = door, server.port
        text = upstream("good", tls(good.port), keys)
        for name, port in ports.items():
            text += upstream(f"{name}-alone", tls(port), keys)
            text += upstream(f"{name}-second", tls(port, good.port), keys)
            text += upstream(f"{name}-first", tls(port), keys)
            text += upstream(f"{name}-group", "kind = failover", f"over = {name}-first good")
        names = [f"{name}-{how}" for name in LOGGED for how in HOW]
        ways = closing.enter_context(running(folder / "cells", {name: name for name in names}, text))
        pool = closing.enter_context(ThreadPoolExecutor(len(names)))
        got = list(pool.map(lambda name: ask(ways.ports[name], "drop"), names))
        answers, took = ({name: one[at] for name, one in zip(names, got, strict=True)} for at in (0, 1))
        return Cells(answers, took, ports, ways.dotchain.said())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", list(LOGGED))
def test_alone(name: str, cells: Cells) -> None:
    """A7: with nobody else to ask, SERVFAIL with a reason comes within 4.5 s."""
    assertExplained(cells.answers[f"{name}-alone"])
    assert cells.took[f"{name}-alone"] <= TIMEOUT + SLACK


@pytest.mark.parametrize("how", HOW[1:])
@pytest.mark.parametrize("name", list(LOGGED))
def test_second(name: str, how: str, cells: Cells) -> None:
    """A7: the second address, or the second of a group, is asked within 1.5 s."""
    assert cells.answers[f"{name}-{how}"].answer == [RIGHT]
    assert cells.took[f"{name}-{how}"] <= PATIENCE + SLACK


@pytest.mark.parametrize("name", list(LOGGED))
def test_logged(name: str, cells: Cells) -> None:
    """A27: the line of each failure tells upstream, address and phase, and there are few of them."""
    where = f"upstream {name}-alone (tls://{HOST}:{cells.ports[name]}): "
    lines = [line.partition(where)[2] for line in cells.said.splitlines() if where in line]
    assert any(re.search(LOGGED[name], line) for line in lines), lines
    assert len(lines) <= 4


def test_flood(tmp_path: Path, credentials: Credentials) -> None:
    """A6: 20,000 queries a second, none answered: memory is bounded, and each query is accounted for."""
    seconds = float(os.environ.get("DOTCHAIN_FLOOD", "2"))
    with serving(tmp_path, credentials, {"out": known}) as ways, ways.client("out") as client:
        client.ask()
        before = memory(ways.dotchain)
        with Flood(ways.ports["out"], "drop") as flood:
            flood.run(20000, seconds)
            flood.rest(TIMEOUT + 5)
            assert flood.rcodes == {SERVFAIL: flood.answered}
            assert flood.twice == 0
            assert flood.answered + dropped(ways.ports["out"]) == flood.sent
        # At most 20,000 are in flight at a time (max-in-flight).
        assert memory(ways.dotchain, "VmHWM") - before < 20000 * 4
        client.ask()
        client.assertAllRight()
