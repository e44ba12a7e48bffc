"""UP, AS: IDs and ports of what is asked, and upstreams that close, are silent or dead."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest

from ..interop.asked import Asked, Logged, Script
from ..interop.conftest import Credentials
from ..interop.ports import HOST, freePort
from ..interop.server import Server, serverSide
from .message import EDE, SERVFAIL, Message, optrr, query
from .replies import RIGHT, address, byLabel, reply
from .roles import PATIENT, Meanwhile, Way, through
from .rows import Row, running


def pour(way: Way, wires: list[bytes], entrance: str = PATIENT) -> list[Message]:
    """All queries at once over some streams, 200 each; all answers in the order of the queries."""
    with ExitStack() as closing:
        got: list[Message] = []
        parts = [wires[at : at + 200] for at in range(0, len(wires), 200)]
        streams = [closing.enter_context(way.stream(entrance)) for _ in parts]
        for stream, part in zip(streams, parts, strict=True):
            stream.send(*part)
        for stream, part in zip(streams, parts, strict=True):
            answers = {answer.question: answer for answer in stream.receive(len(part))}
            got += [answers[Message(wire).question] for wire in part]
        return got


def assertRandom(ids: list[int]) -> None:
    """From the full range, in no order, and none of them the client's."""
    assert len({number >> 8 for number in ids}) > 0.9 * 256
    assert sum(after - before in {-1, 1} for before, after in pairwise(ids)) < 5
    assert ids.count(1) < 3


COUNTS = [("P-tls", 1000), ("A-tcp", 5000), ("F-tls", 1000)]


@pytest.mark.parametrize(("way", "count"), COUNTS, indirect=["way"])
def test_UP01(way: Way, token: str, count: int) -> None:
    """No ID twice in flight on one connection, none foreseeable (RFC 7766 section 6.2.1)."""
    got = pour(way, [query(f"d500.{n}.{token}.t", id=1) for n in range(count)])
    assert [answer.answer for answer in got] == [[RIGHT]] * count
    seen = way.seen(token)
    assert len(seen) == count
    assertRandom([logged.id for logged in seen])
    assert way.role.server.twice == []


@through(["Pu-tls", "Fu-tcp"])
def test_AS01(way: Way, token: str) -> None:
    """Ports and IDs over UDP can't be foreseen, for the loopback address too (RFC 5452 section 9.2)."""
    got = pour(way, [query(f"ok.{n}.{token}.t", id=1) for n in range(1000)])
    assert [answer.answer for answer in got] == [[RIGHT]] * 1000
    seen = [logged for logged in way.seen(token) if logged.transport == "udp"]
    assertRandom([logged.id for logged in seen])
    ports = [logged.port for logged in seen]
    assert len(set(ports)) > 900
    assert min(ports) >= 1024
    assert sum(after - before in {-1, 1} for before, after in pairwise(ports)) < 50
    assert max(Counter(ports).values()) < 20


def closesEarly(asked: Asked) -> None:
    """The first connection answers three queries and closes; later ones are good."""
    if asked.connection > 1 or len(asked.server.log) <= 3:
        asked.send(reply(asked, (address(),)))
    if asked.connection == 1 and len(asked.server.log) == 10:
        asked.close()


def resetsMidFrame(asked: Asked) -> None:
    """The first connection is reset in the middle of a response; later ones are good."""
    whole = reply(asked, (address(),))
    if asked.connection > 1:
        asked.send(whole)
    elif len(asked.server.log) == 1:
        asked.octets(len(whole).to_bytes(2, "big") + whole[:20])
        asked.call(0.05, asked.abort)


class ClosesIdle:
    """Answers, and closes a connection that is idle for C{IDLE} seconds."""

    IDLE = 0.1

    def __init__(self) -> None:
        self._timers: dict[tuple[int, int], Any] = {}

    def __call__(self, asked: Asked) -> None:
        asked.send(reply(asked, (address(),)))
        connection = asked.server.port, asked.connection
        if (timer := self._timers.get(connection)) is not None:
            timer.cancel()
        self._timers[connection] = asked.server.loop.call_later(self.IDLE, asked.close)


def silent(asked: Asked) -> None:
    """Never answers."""


def slams(asked: Asked) -> None:
    """Closes the connection at every query."""
    asked.close()


def rowsOf(credentials: Credentials) -> dict[str, Row]:
    """An upstream of each sort over TLS and TCP, and over UDP where that makes sense."""
    side = serverSide(credentials.files)
    pin = f"\npin-sha256 = {credentials.server.pin}"
    known, rows = byLabel({}), {}

    def add(
        name: str, script: Script, keys: str = "timeout = 2s", first: str = "", mute: bool = False
    ) -> None:
        tls = Server(script, None if mute else side)
        rows[f"{name}-A"] = Row(
            tls, f"address = {first % 'tls' if first else ''} tls://{HOST}:PORT{pin}\n{keys}"
        )
        clear = f"address = {first % 'tcp' if first else ''} tcp://{HOST}:PORT\n{keys}"
        rows[f"{name}-P"] = Row(Server(script), clear, True)

    dead = f"%s://{HOST}:{freePort()}"
    add("forgets", known, "timeout = 1s")
    add("early", closesEarly)
    add("midframe", resetsMidFrame)
    add("idle", ClosesIdle())
    add("silent", silent)
    add("slams", slams)
    add("mute", silent, mute=True)
    add("second", known, first=dead)
    for transport, name in (("tls", "closed-A"), ("tcp", "closed-P"), ("udp", "closed-Pu")):
        keys = f"address = {dead % transport}\ntimeout = 2s{pin if transport == 'tls' else ''}"
        rows[name] = Row(Server(known), keys, transport != "tls")
    udp = f"address = udp://{HOST}:PORT\ntimeout = 2s"
    rows["silent-Pu"] = Row(Server(silent, udp=True), udp, True)
    rows["second-Pu"] = Row(Server(known, udp=True), f"address = {dead % 'udp'} {udp[10:]}", True)
    return rows


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[dict[str, Way]]:
    """One dotchain before all of them."""
    with running(tmp_path_factory.mktemp("upstreams"), rowsOf(credentials), credentials) as ways:
        yield ways


FORGETS = ["forgets-A", "forgets-P"]


def forgets(way: Way) -> None:
    """A thousand queries without answer, then a thousand with; then answers that are late."""
    lost = pour(way, [query(f"drop.{n}.t") for n in range(1000)])
    assert {answer.rcode for answer in lost} == {SERVFAIL}
    found = pour(way, [query(f"ok.{n}.t") for n in range(1000)])
    assert [answer.answer for answer in found] == [[RIGHT]] * 1000
    assert way.role.server.twice == []
    before, after = (
        {(logged.connection, logged.id) for logged in way.seen(label)} for label in ("\4drop", "\2ok")
    )
    assert not before & after
    lost = pour(way, [query(f"late1800.{n}.t") for n in range(400)])
    assert {answer.rcode for answer in lost} == {SERVFAIL}
    for times in range(4):
        found = pour(way, [query(f"d250.{times}.{n}.t") for n in range(400)])
        assert [answer.answer for answer in found] == [[RIGHT]] * 400


@pytest.mark.parametrize("name", FORGETS)
def test_UP02(name: str, rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """The ID of a query that timed out is not used again, and late answers are nobody's."""
    meanwhile.outcome(forgets, rows, FORGETS, name)


@pytest.mark.parametrize("name", ["early-A", "early-P", "midframe-A", "midframe-P"])
def test_UP07_closes(name: str, rows: dict[str, Way]) -> None:
    """What is in flight on a connection that ends is asked again on another (RFC 7766 section 6.2.4)."""
    way = rows[name]
    got = pour(way, [query(f"ok.{n}.t") for n in range(10)])
    assert [answer.answer for answer in got] == [[RIGHT]] * 10
    sent = Counter(logged.wire[2:] for logged in way.role.server.log)
    assert max(sent.values()) <= 2


IDLERS = ["idle-A", "idle-P"]


def raceIdle(way: Way) -> None:
    """Ask just when the upstream closes its idle connection."""
    for number in range(20):
        time.sleep(ClosesIdle.IDLE + random.uniform(-0.005, 0.005))
        assert way.ask(query(f"ok.{number}.t")).answer == [RIGHT]


@pytest.mark.parametrize("name", IDLERS)
def test_UP07_idle(name: str, rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """A connection that closes as a query is written costs no answer (RFC 7858 section 3.4)."""
    meanwhile.outcome(raceIdle, rows, IDLERS, name)
    assert rows[name].role.server.connections > 1


FAILING = [
    *(f"{what}-{role}" for what in ("closed", "mute", "silent") for role in ("A", "P")),
    "closed-Pu",
    "silent-Pu",
]
FAILING.remove("mute-P")


def fails(way: Way) -> tuple[list[Message], float, list[Logged]]:
    """Ask with an OPT and without."""
    start = time.monotonic()
    wires = [query("ok.without.t"), query("ok.with.t", opt=optrr())]
    with way.stream(PATIENT) as stream:
        stream.send(*wires)
        got = sorted(stream.receive(2), key=lambda answer: len(answer.question), reverse=True)
    return got, time.monotonic() - start, list(way.role.server.log)


@pytest.mark.parametrize("name", FAILING)
def test_UP08(name: str, rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Who can't be answered gets SERVFAIL in time, after three attempts at most (RFC 9520 section 3.1)."""
    (without, extended), took, log = meanwhile.outcome(fails, rows, FAILING, name)
    assert took < 5
    assert (without.rcode, without.opt, extended.rcode, extended.codes) == (SERVFAIL, None, SERVFAIL, [EDE])
    assert extended.options[0][1][:2] in {b"\0\x16", b"\0\x17"}
    if "silent" in name:
        sent = Counter(Message(logged.wire).question for logged in log)
        assert len(sent) == 2
        assert max(sent.values()) <= 3


@pytest.mark.parametrize("name", ["second-A", "second-P", "second-Pu"])
def test_UP08_second(name: str, rows: dict[str, Way]) -> None:
    """Where the first address is dead the second answers."""
    for number in range(5):
        assert rows[name].ask(query(f"ok.{number}.t")).answer == [RIGHT]


@pytest.mark.parametrize("name", ["slams-A", "slams-P"])
def test_UP08_sends(name: str, rows: dict[str, Way]) -> None:
    """A query that ends every connection is sent three times at most (RFC 9520 section 3.1)."""
    assert rows[name].ask(query("ok.t")).rcode == SERVFAIL
    assert 1 <= len(rows[name].role.server.log) <= 3
