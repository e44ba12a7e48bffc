"""FR: what connections carry, how long they last, and how many there may be."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from ..interop.conftest import Credentials
from ..interop.connection import framed
from ..interop.dotchain import Dotchain
from ..interop.ports import HOST, freePort
from ..interop.processes import memory, sockets
from ..interop.server import Server
from .client import PATIENCE, Stream
from .message import TC, TXT, eopt, optrr, query
from .records import Recorder
from .replies import RIGHT, byLabel
from .roles import IDLE, PATIENT, STREAMS, Meanwhile, Way, slowly, through


@through(STREAMS)
def test_FR02(way: Way, token: str) -> None:
    """Length and message leave in one write: one TLS record, one segment (RFC 7766 section 8)."""
    wire = framed(query(f"ok.{token}.t", opt=optrr()))
    if way.tls:
        with Recorder(way.port()) as recorder:
            for _ in range(2):
                recorder.ask(wire)
        # TLS 1.3 adds the type's octet and a tag of 16.
        lengths = [len(octets) for kind, octets in recorder.records if kind == 23 and octets]
        assert lengths.count(2 + len(recorder.answer) + 17) == 2
        return
    with way.stream() as stream:
        for _ in range(2):
            stream.write(wire)
            octets = stream.socket.recv(65536)
            assert len(octets) == 2 + int.from_bytes(octets[:2], "big")


@through(STREAMS)
def test_FR04(way: Way, token: str) -> None:
    """Who is answered sooner comes first (RFC 7766 section 7)."""
    with way.stream() as stream:
        stream.send(query(f"d500.{token}.t", id=1), query(f"ok.{token}.t", id=2))
        got = stream.receive(2)
    assert [each.id for each in got] == [2, 1]


@slowly(STREAMS)
def dribbles(way: Way) -> float:
    """
    Send one octet of a query each fifth of a second behind an answer.

    @return: how long that went on.
    """
    octets = framed(query("ok.dribble.t"))
    with way.stream(IDLE) as stream:
        stream.ask(query("ok.dribble.t"))
        since = time.monotonic()
        stream.socket.settimeout(0.2)
        with suppress(OSError):
            for at in range(len(octets) - 1):
                stream.write(octets[at : at + 1])
                with suppress(TimeoutError):
                    if not stream.socket.recv(4096):
                        break
        return time.monotonic() - since


@through(STREAMS)
def test_FR07(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Single octets keep no connection alive, whole messages do (RFC 7766 section 6.2.3)."""
    assert 0.5 < meanwhile.outcome(dribbles, ways, STREAMS, way.name) < 4


@through(STREAMS)
def test_FR08(way: Way, token: str) -> None:
    """Answers for who is gone go to nobody else, and take nothing with them (RFC 7766 section 6.2.4)."""
    assert way.role.daemon
    way.ask(query(f"ok.{token}.t"))
    before, upstream = sockets(way.role.daemon), way.role.server.connections
    for number in range(100):
        with way.stream() as stream:
            stream.send(query(f"d300.{number}.{token}.t"))
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with way.stream() as stream:
        stream.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            stream.octets()
        stream.socket.settimeout(PATIENCE)
        assert stream.ask(query(f"ok.after.{token}.t")).answer == [RIGHT]
    assert way.role.server.connections <= upstream + 1
    until = time.monotonic() + PATIENCE
    while sockets(way.role.daemon) > before + 20 and time.monotonic() < until:
        time.sleep(0.05)
    assert sockets(way.role.daemon) <= before + 20


@pytest.mark.parametrize("size", [0, 1, 11])
@through(STREAMS)
def test_FR09(way: Way, token: str, size: int) -> None:
    """A frame of less than a header ends the connection; what came before is answered."""
    wire = query(f"ok.{token}.t")
    with way.stream() as stream:
        stream.write(framed(wire, wire[:size], query(f"ok.behind.{token}.t")))
        assert stream.receive()[0].answer == [RIGHT]
        assert stream.ending() == "ordered"
    assert len(way.seen(token)) <= 1


@through([*STREAMS, "Pu-tls"])
def test_FR10(way: Way, token: str) -> None:
    """Sixty-four thousand octets pass both ways; no size of UDP's matters (RFC 1035 section 4.2.2)."""
    with way.stream() as stream:
        for size in (40000, 65535):
            for opt, less in ((optrr(size=512), 0), (b"", 11)):
                got = stream.ask(query(f"size{size}.{less}.{token}.t", TXT, opt=opt))
                assert (got.rcode, got.flags & TC, len(got.wire)) == (0, 0, size - less)
        got = stream.ask(query(f"ok.{token}.t", opt=optrr(eopt(65001, bytes(20000)))))
        assert (got.rcode, got.answer) == (0, [RIGHT])
        # No OPT record fits behind these, and the length must not wrap.
        got = stream.ask(query(f"bare65530.{token}.t", TXT, opt=optrr()))
        assert (got.rcode, got.flags & TC, got.answer) == (0, TC, [])


@pytest.mark.parametrize("tls", [False, True], ids=["tcp", "tls"])
def test_FR11(tls: bool, ways: dict[str, Way], token: str) -> None:
    """Who asks and does not read is read from no more, and hinders nobody (RFC 7766 section 10)."""
    way = ways["F-tls" if tls else "A-tcp"]
    assert way.role.daemon
    way.ask(query(f"size4000.{token}.t", TXT))
    before, wires = memory(way.role.daemon), framed(query(f"size4000.{token}.t", TXT)) * 100
    with way.stream(PATIENT) as greedy:
        greedy.socket.settimeout(0.5)
        with suppress(TimeoutError, OSError):
            for _ in range(500):
                greedy.write(wires)
        for number in range(5):
            assert way.ask(query(f"ok.{number}.{token}.t")).answer == [RIGHT]
        assert memory(way.role.daemon) - before < 30_000


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[dict[str, int]]:
    """The ports of two fronts that take 20 connections each."""
    ports = {"tcp": freePort(), "tls": freePort()}
    with Server(byLabel({})) as server:
        text = f"""
[front tcp]
listen = tcp://{HOST}:{ports["tcp"]}
max-connections = 20
chain = c
[front tls]
listen = tls://{HOST}:{ports["tls"]}
certificate = {credentials.files.certificate}
key = {credentials.files.key}
max-connections = 20
chain = c
[chain c]
path = up
[upstream up]
address = tcp://{HOST}:{server.port}
"""
        with Dotchain(tmp_path_factory.mktemp("limited"), text):
            yield ports


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_FR12(limited: dict[str, int], token: str, transport: str) -> None:
    """Over the limit the connection that is idle longest goes, in order; busy ones stay (RFC 7766)."""
    streams: list[Stream] = []
    with ExitStack() as closing:
        for number in range(30):
            stream = closing.enter_context(Stream(limited[transport], transport == "tls"))
            streams.append(stream)
            assert stream.ask(query(f"ok.{number}.{token}.t")).answer == [RIGHT]
            if number < 10:
                stream.send(query(f"d900.{number}.{token}.t"))
        for stream in streams[:10]:
            assert stream.receive()[0].answer == [RIGHT]
        for stream in streams[10:20]:
            assert stream.ending() == "ordered"
        for stream in streams[20:]:
            assert stream.ask(query(f"ok.again.{token}.t")).answer == [RIGHT]


def test_FR12_files(tmp_path: Path, credentials: Credentials) -> None:
    """Limits that the open files have no room for are lowered, and it's said (RFC 9210 section 4.2)."""
    port = freePort()
    with Server(byLabel({})) as server:
        text = f"""
[dotchain]
open-files = 128
[front f]
listen = tcp://{HOST}:{port}
chain = c
[chain c]
path = up
[upstream up]
address = tcp://{HOST}:{server.port}
"""
        with Dotchain(tmp_path, text) as daemon, ExitStack() as closing:
            for number in range(150):
                stream = closing.enter_context(Stream(port, False))
                assert stream.ask(query(f"ok.{number}.t")).answer == [RIGHT]
                assert sockets(daemon) < 128
            assert "the limit of 128 open files leaves" in daemon.said()
