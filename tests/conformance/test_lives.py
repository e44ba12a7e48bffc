"""CA: how long answers are kept, whom they are for, and how many there are."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ..interop.conftest import Credentials
from ..interop.dotchain import CHECKOUT, Dotchain
from ..interop.ports import HOST, freePort
from ..interop.processes import memory
from ..interop.server import Server
from .client import datagrams, udp
from .message import (
    AA,
    BADVERS,
    NXDOMAIN,
    PADDING,
    REFUSED,
    TC,
    TXT,
    Message,
    eopt,
    optrr,
    query,
)
from .replies import RIGHT, byLabel
from .roles import CACHED, DENIED, Meanwhile, Way, slowly, through
from .rows import Row, running
from .test_upstream import pour


@through(CACHED)
def test_CA04(way: Way, token: str) -> None:
    """A TTL of 0 is for who waits now, and for nobody after him (RFC 1035 section 3.2.1)."""
    for count in (1, 2):
        got = way.ask(query(f"fleeting.{token}.t"))
        assert ([record.ttl for record in got.rest], len(way.seen(token))) == ([0], count)


def test_CA04_together(ways: dict[str, Way], token: str) -> None:
    """Those who ask at the same time share it."""
    way = ways["A-udp"]
    with datagrams(way.port()) as one:
        for number in range(10):
            one.send(query(f"fleeting300.{token}.t", id=number))
        assert {Message(one.recv(4096)).id for _ in range(10)} == set(range(10))
    assert len(way.seen(token)) <= 2


@through(CACHED)
def test_CA05(way: Way, token: str) -> None:
    """All records live as long as the one that dies first (RFC 2181 section 5.2, RFC 4035 section 4.5)."""
    for _ in range(2):
        got = way.ask(query(f"uneven.{token}.t"))
        assert {record.ttl for record in got.rest} <= {4, 5}
    assert len(way.seen(f"uneven\6{token}")) == 1
    for count in (1, 2):
        way.ask(query(f"brief.{token}.t"))
        assert len(way.seen(f"brief\6{token}")) == count


@slowly(CACHED)
def alias(way: Way) -> list[int]:
    """Ask for an alias whose address lives for two seconds; after each how often it was asked for."""
    counts, token = [], f"lives{way.role.name}{way.transport}".lower()
    for wait in (0.0, 0.0, 2.2):
        time.sleep(wait)
        assert way.ask(query(f"alias2.{token}.t")).answer[1] == RIGHT
        counts.append(len(way.seen(token)))
    return counts


@through(CACHED)
def test_CA05_alias(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """An alias of a long life is no life for what it leads to."""
    assert meanwhile.outcome(alias, ways, CACHED, way.name) == [1, 1, 2]


@pytest.mark.parametrize("ttl", [604801, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
@through(CACHED)
def test_CA06(way: Way, token: str, ttl: int) -> None:
    """Nothing is kept, or told to live, for longer than a week (RFC 8767 section 4)."""
    for _ in range(2):
        got = way.ask(query(f"ttl{ttl}.{token}.t"))
        assert got.answer == [RIGHT]
        assert all(0 < record.ttl <= 604800 for record in got.rest)


@through(CACHED)
def test_CA08(way: Way, token: str) -> None:
    """Who answers from memory is no authority (RFC 1035 section 4.1.1)."""
    assert way.ask(query(f"ok.{token}.t")).flags & AA
    assert not way.ask(query(f"ok.{token}.t")).flags & AA
    assert len(way.seen(token)) == 1


@through(CACHED)
def test_CA09(way: Way, token: str) -> None:
    """Records that nobody asked for answer no question, wherever they stood (RFC 2181 section 5.4.1)."""
    for label in ("stray", "extra", "more5"):
        way.ask(query(f"{label}.{token}.t"))
    before = len(way.seen(token))
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]
    assert len(way.seen(token)) == before + 1


@through(["A-udp", "F-udp", "F-tls"])
def test_CA11(way: Way, token: str) -> None:
    """What is kept comes as this client may have it: refused, BADVERS, padded, truncated."""
    way.ask(query(f"size1000.{token}.t", TXT, opt=optrr()))
    got = way.ask(query(f"size1000.{token}.t", TXT), DENIED)
    assert (got.rcode, got.answer) == (REFUSED, [])
    got = way.ask(query(f"size1000.{token}.t", TXT, opt=optrr(version=1)))
    assert (got.rcode, got.answer) == (BADVERS, [])
    got = way.ask(query(f"size1000.{token}.t", TXT, opt=optrr(eopt(PADDING))))
    assert len(got.wire) == (1404 if way.tls else 1000)
    got = way.ask(query(f"size1000.{token}.t", TXT))
    assert bool(got.flags & TC) is way.datagrams
    assert len(way.seen(token)) == 1


def test_CA12(tmp_path: Path, credentials: Credentials) -> None:
    """Names that nobody asks twice neither fill the memory nor drive out what is in use."""
    server = Server(byLabel({}))
    small = "[stage small]\nkind = cache\nsize = 1M"
    row = Row(server, f"address = tcp://{HOST}:PORT", path="small", stages=small)
    with running(tmp_path, {"one": row}, credentials) as ways:
        way = ways["one"]
        assert way.role.daemon
        for _ in range(3):
            way.ask(query("ok.inuse.t"))
        before = memory(way.role.daemon)
        for part in range(3):
            flood = [query(f"nx60.{part}.{number}.flood.t") for number in range(2000)]
            assert all(each.rcode == NXDOMAIN for each in pour(way, flood, ""))
            way.ask(query("ok.inuse.t"))
        assert memory(way.role.daemon) - before < 30_000
        assert len(way.seen("inuse")) == 1


_CLOCK = """
import time
from pathlib import Path

_real, _set = time.time, Path(__file__).with_name("set")
time.time = lambda: _real() - 86400 * _set.exists()
"""
"""Loaded by Python at its start: a wall clock that can be set back by a day."""


class SetBack(Dotchain):
    """dotchain with that clock."""

    def environment(self) -> dict[str, str]:
        """See L{Dotchain}."""
        return {**os.environ, "PYTHONPATH": f"{self.folder}{os.pathsep}{CHECKOUT}", "PYTHONUNBUFFERED": "1"}

    def configure(self) -> None:
        """See L{Dotchain}."""
        super().configure()
        (self.folder / "sitecustomize.py").write_text(_CLOCK)


def setBack(folder: Path) -> set[str]:
    """Ask before and after the clock is set back; the dates that the log shows."""
    port = freePort()
    with Server(byLabel({}), udp=True) as server:
        text = f"""
[front f]
listen = udp://{HOST}:{port}
chain = c
[chain c]
path = cache up
[upstream up]
address = udp://{HOST}:{server.port}
"""
        with SetBack(folder, text) as daemon:
            assert Message(udp(port, query("ttl2.t"))).rest[0].ttl == 2
            (folder / "set").touch()
            time.sleep(1.1)
            assert Message(udp(port, query("ttl2.t"))).rest[0].ttl <= 2
            time.sleep(1.1)
            udp(port, query("ttl2.t"))
            assert len(server.log) >= 2
            daemon.hangUp()
            time.sleep(0.3)
            return {line[:10] for line in daemon.said().splitlines() if line[:2] == "20"}


@pytest.fixture(scope="module", autouse=True)
def clock(tmp_path_factory: pytest.TempPathFactory, meanwhile: Meanwhile) -> dict[str, Path]:
    """It goes on while others run."""
    folders = {"clock": tmp_path_factory.mktemp("clock")}
    meanwhile.start(setBack, folders, list(folders))
    return folders


def test_CA03_clock(clock: dict[str, Path], meanwhile: Meanwhile) -> None:
    """TTLs go on counting down when the wall clock is set back, by a day as the log shows."""
    assert len(meanwhile.outcome(setBack, clock, list(clock), "clock")) > 1
