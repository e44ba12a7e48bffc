"""TL and FR: the TLS listener, and streams as a client sees them."""

from __future__ import annotations

import secrets
import socket
import ssl
import time
from contextlib import ExitStack, suppress

import pytest

from ..interop.asking import anyone
from ..interop.connection import framed
from ..interop.outdated import oldVersion
from ..interop.ports import HOST
from .client import PATIENCE, datagrams
from .message import Message, query
from .replies import RIGHT
from .roles import ENCRYPTED, IDLE, PATIENT, STREAMS, Meanwhile, Way, descriptors, slowly, through


def readAll(raw: socket.socket) -> bytes:
    """All octets until the server closes."""
    octets = b""
    with suppress(ConnectionError):
        while more := raw.recv(65536):
            octets += more
    return octets


def assertOnlyTls(octets: bytes) -> None:
    """Nothing but TLS records."""
    while octets:
        assert octets[0] in {0x14, 0x15, 0x16, 0x17}, octets.hex()
        assert octets[1] == 3, octets.hex()
        octets = octets[5 + int.from_bytes(octets[3:5], "big") :]


def greeting() -> bytes:
    """A ClientHello."""
    outgoing = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        anyone().wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    return outgoing.read()


@through(ENCRYPTED)
@pytest.mark.parametrize("before", ["nothing", "greeting"])
def test_TL01(way: Way, token: str, before: str) -> None:
    """No clear text on the TLS port, nor after a handshake that failed (RFC 7858 section 3.1)."""
    wire = framed(query(f"ok.{token}.t"))
    with socket.create_connection((HOST, way.port()), PATIENCE) as raw:
        if before == "greeting":
            raw.sendall(greeting() + b"garbage")
            with suppress(OSError):
                raw.sendall(wire)
        else:
            raw.sendall(wire)
        octets = readAll(raw)
    assertOnlyTls(octets)
    assert RIGHT not in octets
    assert not way.seen(token)


@through(ENCRYPTED)
def test_TL03(way: Way, token: str) -> None:
    """TLS 1.1 is refused with protocol_version, TLS 1.3 preferred (RFC 8310 section 9)."""
    with pytest.raises(ssl.SSLError, match=r"(?i)alert_protocol_version"):
        oldVersion(way.port())
    with socket.create_connection((HOST, way.port()), PATIENCE) as raw, anyone().wrap_socket(raw) as tls:
        assert tls.version() == "TLSv1.3"
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]


@slowly(ENCRYPTED)
def halfOpen(way: Way) -> None:
    """Open 200 connections that never get through their handshake, and ask on others."""
    token = f"halfopen{way.role.name}"
    assert way.role.daemon
    way.ask(query(f"ok.{token}.t"))
    before = descriptors(way.role.daemon)
    with ExitStack() as closing:
        silent = [
            closing.enter_context(socket.create_connection((HOST, way.port()), PATIENCE)) for _ in range(200)
        ]
        for one in silent[::2]:
            one.sendall(greeting()[:5])
        for number in range(10):
            assert way.ask(query(f"ok.{number}.{token}.t")).answer == [RIGHT]
        for one in silent:
            readAll(one)
        until = time.monotonic() + PATIENCE
        while descriptors(way.role.daemon) > before + 20 and time.monotonic() < until:
            time.sleep(0.05)
        assert descriptors(way.role.daemon) <= before + 20


@through(ENCRYPTED)
def test_TL10(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Handshakes that never end are given up, and hinder nobody (RFC 7766 section 10)."""
    meanwhile.outcome(halfOpen, ways, ENCRYPTED, way.name)


@through(STREAMS)
def test_FR01(way: Way, token: str) -> None:
    """A frame may come in any pieces (RFC 7766 section 8)."""
    with way.stream() as stream:

        def send(wire: bytes, *cuts: int) -> None:
            octets = framed(wire)
            for start, end in zip((0, *cuts), (*cuts, len(octets)), strict=True):
                stream.write(octets[start:end])
                time.sleep(0.005)

        for number, cuts in enumerate(([*range(1, 30)], [1], [7], [2], [20])):
            wire = query(f"ok.{number}.{token}.t", id=number)
            send(wire, *cuts)
            got = stream.receive()[0]
            assert (got.id, got.question, got.answer) == (number, Message(wire).question, [RIGHT])


@through(STREAMS)
def test_FR03(way: Way, token: str) -> None:
    """Three hundred queries in one write, then one and a half a write: all answered once."""
    kinds = ("ok", "d50", "nx60")
    wires = [query(f"{kinds[n % 3]}.{n}.{token}.t", id=0x2000 + n) for n in range(300)]
    with way.stream(PATIENT) as stream:
        stream.send(*wires)
        got = stream.receive(300)
        assert {each.id: each.question for each in got} == {
            Message(wire).id: Message(wire).question for wire in wires
        }
        octets = framed(*wires[:40])
        half = len(framed(wires[0])) * 3 // 2
        for at in range(0, len(octets), half):
            stream.write(octets[at : at + half])
        assert sorted(each.id for each in stream.receive(40)) == [0x2000 + n for n in range(40)]


@through(["P-tls", "A-tcp", "F-tls"])
def test_FR05(way: Way, token: str, ways: dict[str, Way]) -> None:
    """A hundred streams and as many sockets, all with one ID: each gets his own (RFC 7766 section 5)."""
    wires = [query(f"d{secrets.randbelow(300)}.{n}.{token}.t", id=0x1234) for n in range(200)]
    with ExitStack() as closing:
        streams = [closing.enter_context(way.stream(PATIENT)) for _ in wires[:100]]
        port = way.role.ports.get((PATIENT, False))
        sockets = [closing.enter_context(datagrams(port)) for _ in wires[100:]] if port else []
        for stream, wire in zip(streams, wires[:100], strict=True):
            stream.send(wire)
        for one, wire in zip(sockets, wires[100:], strict=False):
            one.send(wire)
        got = [stream.receive()[0] for stream in streams] + [Message(one.recv(4096)) for one in sockets]
    for wire, each in zip(wires, got, strict=False):
        assert (each.id, each.question, each.answer) == (0x1234, Message(wire).question, [RIGHT])


@through(STREAMS)
def test_FR05_duplicate(way: Way, token: str) -> None:
    """Two questions with one ID on one stream: what comes is an answer to one of them."""
    wires = [query(f"d{50 * n}.{token}.t", id=0x1234) for n in (2, 1)]
    with way.stream() as stream:
        stream.send(*wires)
        got = stream.receive(2)
    assert {each.question for each in got} == {Message(wire).question for wire in wires}


@slowly(STREAMS)
def outstanding(way: Way) -> tuple[list[bytes], str, float]:
    """
    Ask, wait less than the idle timeout, ask what takes longer than that, then be silent.

    @return: what was answered, how the server closed, and how long after the last answer.
    """
    token = f"outstanding{way.role.name}{way.transport}"
    with way.stream(IDLE) as stream:
        answers = [stream.ask(query(f"ok.{token}.t")).answer[0]]
        time.sleep(0.4)
        answers += [stream.ask(query(f"{label}.{token}.t")).answer[0] for label in ("ok", "d1800")]
        since = time.monotonic()
        return answers, stream.ending(), time.monotonic() - since


@through(STREAMS)
def test_FR06(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Who waits for an answer is not idle; who is silent is closed in order (RFC 7766 section 6.2.3)."""
    answers, ending, after = meanwhile.outcome(outstanding, ways, STREAMS, way.name)
    assert answers == [RIGHT] * 3
    assert ending == "ordered"
    assert after > 0.5


@through(["A-tcp", "F-tcp"])
def test_FR13(way: Way, ways: dict[str, Way], token: str) -> None:
    """TCP beside UDP, and first (RFC 7766 section 5)."""
    with way.stream() as stream:
        first = stream.ask(query(f"ok.{token}.t"))
        stream.send(*(query(f"ok.{n}.{token}.t", id=n) for n in range(50)))
        assert sorted(each.id for each in stream.receive(50)) == list(range(50))
    assert ways[f"{way.role.name}-udp"].ask(query(f"ok.{token}.t")).answer == first.answer == [RIGHT]
