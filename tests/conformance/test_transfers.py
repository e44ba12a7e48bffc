"""TR, UP09: zone transfers, UPDATE and NOTIFY through the server proxy."""

from __future__ import annotations

import ssl
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

import pytest

from ..interop.asked import Logged
from ..interop.asking import anyone
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain
from ..interop.ports import HOST, freePort
from ..interop.processes import memory
from ..interop.server import Server
from .client import Stream, datagrams, udp
from .message import (
    AXFR,
    EDE,
    FORMERR,
    IXFR,
    NOTIMP,
    REFUSED,
    SERVFAIL,
    SOA,
    TC,
    Message,
    optrr,
    query,
    rr,
    sign,
)
from .roles import EVERY, Way, through
from .zones import OWNER, byZone, differences, serial, whole


class Proxy(NamedTuple):
    """
    A server proxy that passes on all it can.

    @ivar ports: by C{tls}, C{plain} (UDP and TCP), and C{closed}, where nobody may.
    """

    server: Server
    daemon: Dotchain
    ports: dict[str, int]

    def stream(self, name: str = "tls") -> Stream:
        """A connection."""
        return Stream(self.ports[name], name == "tls")

    def seen(self, token: str) -> list[Logged]:
        """What the nameserver got with these letters."""
        return self.server.seen(token)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[Proxy]:
    """The proxy, whose nameserver gets questions over UDP."""
    ports = {name: freePort() for name in ("tls", "plain", "closed")}
    files = credentials.files
    with ExitStack() as running:
        server = running.enter_context(Server(byZone, udp=True))
        text = f"""
[front dot]
listen = tls://{HOST}:{ports["tls"]}
certificate = {files.certificate}
key = {files.key}
relay = notify update transfers
idle-timeout = 1s
chain = c
[front plain]
listen = udp://{HOST}:{ports["plain"]} tcp://{HOST}:{ports["plain"]}
relay = notify update transfers
idle-timeout = 1s
max-transfers = 2
chain = c
[front closed]
listen = udp://{HOST}:{ports["closed"]} tcp://{HOST}:{ports["closed"]}
relay = notify update transfers
relay-allow = 192.0.2.0/24
chain = c
[chain c]
path = cache coalesce up
[upstream up]
address = udp://{HOST}:{server.port}
timeout = 2s
"""
        daemon = running.enter_context(Dotchain(tmp_path_factory.mktemp("transfers"), text))
        yield Proxy(server, daemon, ports)


def ixfr(name: str, known: int) -> bytes:
    """A query for the differences from a version."""
    wire = query(name, IXFR, flags=0)
    return wire[:8] + b"\0\1" + wire[10:] + serial(known)


def update(name: str) -> bytes:
    """An UPDATE with a prerequisite and two changes, signed."""
    zone = query(name, SOA)[12:]
    records = (
        rr(b"\xc0\x0c", 255, b"", 0, 255)
        + rr(b"\1a\xc0\x0c", 1, bytes(4))
        + rr(b"\1b\xc0\x0c", 255, b"", 0, 254)
    )
    return sign(struct.pack("!6H", 0x4321, 0x2800, 1, 1, 2, 0) + zone + records)


def notify(name: str) -> bytes:
    """A NOTIFY that tells the new SOA."""
    return struct.pack("!6H", 0x4321, 0x2400, 1, 1, 0, 0) + query(name, SOA)[12:] + serial(8)


def records(messages: list[Message]) -> list[tuple[int, bytes]]:
    """Type and data of all answer records, names in data as they came."""
    return [(record.type, record.data) for each in messages for record in each.rest if record.section == 0]


def expected(parts: list[list[bytes]]) -> list[tuple[int, bytes]]:
    """The same of what the nameserver sent."""
    behind = len(OWNER)
    return [
        (int.from_bytes(each[behind : behind + 2], "big"), each[behind + 10 :])
        for part in parts
        for each in part
    ]


@pytest.mark.parametrize("name", ["tls", "plain"])
@pytest.mark.parametrize("count", [1, 3, 60])
def test_TR03(proxy: Proxy, token: str, name: str, count: int) -> None:
    """A zone comes whole, message by message, under the client's ID (RFC 5936 section 2.2)."""
    with proxy.stream(name) as stream:
        wire = query(f"zone{count}.{token}.t", AXFR, flags=0)
        stream.send(wire)
        got = stream.receive(count)
        assert {each.id for each in got} == {Message(wire).id}
        assert records(got) == expected(whole(count))
        assert stream.ask(query(f"ok.{token}.t")).rcode == 0
    assert [logged.transport for logged in proxy.seen(f"zone{count}\6{token}")] == ["tcp"]


@pytest.mark.parametrize("rcode", [5, 9])
def test_TR03_error(proxy: Proxy, token: str, rcode: int) -> None:
    """An error is one message."""
    with proxy.stream() as stream:
        assert stream.ask(query(f"none{rcode}.{token}.t", AXFR)).rcode == rcode
        assert stream.ask(query(f"ok.{token}.t")).rcode == 0


@pytest.mark.parametrize("count", [0, 3])
@pytest.mark.parametrize("name", ["tls", "plain"])
def test_TR03_headless(proxy: Proxy, token: str, name: str, count: int) -> None:
    """What does not begin with the zone's SOA is no zone, but SERVFAIL (RFC 5936 section 2.2)."""
    with proxy.stream(name) as stream:
        for wire in (query(f"headless{count}.{token}.t", AXFR), ixfr(f"headless{count}.{token}.t", 5)):
            got = stream.ask(wire)
            assert (got.rcode, got.rest) == (SERVFAIL, [])
        assert stream.ask(query(f"ok.{token}.t")).rcode == 0


def test_TR02(proxy: Proxy, token: str) -> None:
    """A signed transfer passes octet for octet (RFC 8945 section 5.5)."""
    with proxy.stream() as stream:
        wire = sign(query(f"signed3.{token}.t", AXFR))
        stream.send(wire)
        assert [each.rest[-1].type for each in stream.receive(3)] == [250] * 3
    assert [logged.wire[2:] for logged in proxy.seen(token)] == [wire[2:]]


def test_TR04(proxy: Proxy, token: str) -> None:
    """Two slow transfers and a query on one connection, longer than it may be idle (RFC 5936 section 4.1)."""
    with ThreadPoolExecutor() as both:
        list(both.map(partial(slowTransfers, proxy), (f"{token}t", f"{token}p"), ("tls", "plain")))


def slowTransfers(proxy: Proxy, token: str, name: str) -> None:
    """The same over one transport."""
    with proxy.stream(name) as stream:
        stream.send(*(query(f"slow{count}.{token}.t", AXFR, id=count) for count in (6, 7)))
        first = stream.receive(2)
        stream.send(query(f"ok.{token}.t", id=99))
        rest = stream.receive(12)
        assert [each.id for each in rest].index(99) < 3
        for count in (6, 7):
            assert records([each for each in first + rest if each.id == count]) == expected(whole(count))
        assert stream.ending() == "ordered"
    transfers = [logged.connection for logged in proxy.seen(token) if b"slow" in logged.wire]
    others = [logged.connection for logged in proxy.seen(token) if b"slow" not in logged.wire]
    assert len({*transfers, *others}) == 3


def test_TR04_limit(proxy: Proxy, token: str) -> None:
    """A third transfer where two may be under way is refused for now."""
    with proxy.stream("plain") as stream:
        stream.send(*(query(f"slow2.{number}.{token}.t", AXFR, id=number) for number in range(3)))
        got = stream.receive(5)
        assert [each.rcode for each in got if each.id == 2] == [SERVFAIL]


@pytest.mark.parametrize("count", [1, 3])
def test_TR04_cutOff(proxy: Proxy, token: str, count: int) -> None:
    """A nameserver that closes early: the client's stream ends, too, and nothing is sent again (UP09)."""
    with proxy.stream() as stream:
        stream.send(query(f"closes{count}.{token}.t", AXFR))
        got = stream.receive(count)
        assert records(got) == expected(whole(5)[:count])
        with pytest.raises(EOFError):
            stream.receive()
    time.sleep(0.3)
    assert len(proxy.seen(token)) == 1


def test_TR04_clientGone(proxy: Proxy, token: str) -> None:
    """A client that goes ends the nameserver's connection, and takes no other query with it."""
    before = len(proxy.server.open)
    with proxy.stream() as other:
        with proxy.stream() as stream:
            stream.send(query(f"endless.{token}.t", AXFR))
            stream.receive(3)
        until = time.monotonic() + 8
        while len(proxy.server.open) > before + 1 and time.monotonic() < until:
            time.sleep(0.02)
        assert len(proxy.server.open) <= before + 1
        assert other.ask(query(f"ok.{token}.t")).rcode == 0


@pytest.mark.parametrize("name", ["tls", "plain"])
def test_FR11_transfer(proxy: Proxy, token: str, name: str) -> None:
    """Who does not read his zone holds it up, and nobody holds it for him (RFC 7766 section 10)."""
    sent, before = proxy.server.sent, memory(proxy.daemon)
    with proxy.stream(name) as stream:
        stream.send(query(f"endless.{token}.t", AXFR))
        stream.receive(3)
        time.sleep(1.5)
        with proxy.stream(name) as other:
            assert other.ask(query(f"ok.{token}.t")).rcode == 0
        assert memory(proxy.daemon) - before < 20_000
        # What lies in the sockets' buffers, and no more.
        assert proxy.server.sent - sent < 60_000_000
        stream.receive(200)


@pytest.mark.parametrize(
    ("label", "known", "parts"),
    [
        ("differs", 5, differences()),
        ("same7", 7, [[serial(7)]]),
        ("same7", 8, [[serial(7)]]),
        ("instead", 5, whole(2)),
    ],
)
def test_TR05(proxy: Proxy, token: str, label: str, known: int, parts: list[list[bytes]]) -> None:
    """IXFR in all its forms ends where it ends (RFC 1995 section 4)."""
    with proxy.stream() as stream:
        stream.send(ixfr(f"{label}.{token}.t", known))
        assert records(stream.receive(len(parts))) == expected(parts)
        assert stream.ask(query(f"ok.{token}.t")).rcode == 0


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("protocols", [[], ["dot"]], ids=["none", "dot"])
def test_TR10(proxy: Proxy, token: str, version: ssl.TLSVersion, protocols: list[str]) -> None:
    """Over TLS a transfer takes TLS 1.3 and ALPN; else REFUSED, and why (RFC 9103 section 7)."""
    side = anyone()
    side.minimum_version = side.maximum_version = version
    if protocols:
        side.set_alpn_protocols(protocols)
    with Stream(proxy.ports["tls"], True, side) as stream:
        stream.send(query(f"zone3.{token}.t", AXFR, opt=optrr()))
        if protocols and version == ssl.TLSVersion.TLSv1_3:
            assert records(stream.receive(3)) == expected(whole(3))
        else:
            got = stream.receive()[0]
            assert (got.rcode, [data[:2] for code, data in got.options if code == EDE]) == (
                REFUSED,
                [b"\0\x15"],
            )
        assert stream.ask(query(f"ok.{token}.t")).rcode == 0


def test_TR05_senseless(proxy: Proxy, token: str) -> None:
    """IXFR without the version that is known is FORMERR, and goes nowhere."""
    with proxy.stream() as stream:
        assert stream.ask(query(f"differs.{token}.t", IXFR)).rcode == FORMERR
    assert not proxy.seen(token)


def test_TR06(proxy: Proxy, token: str) -> None:
    """Over UDP AXFR is refused, and IXFR sent to TCP (RFC 5936 section 4.2, RFC 1995 section 2)."""
    port = proxy.ports["plain"]
    assert Message(udp(port, query(f"zone3.{token}.t", AXFR))).rcode == REFUSED
    got = Message(udp(port, ixfr(f"differs.{token}.t", 5)))
    assert (got.rcode, got.flags & TC, got.answer) == (0, TC, [])
    assert not proxy.seen(token)


@pytest.mark.parametrize("make", [update, notify])
@pytest.mark.parametrize("rcode", [0, 5, 6, 7, 8, 9, 10])
def test_TR07_TR08(proxy: Proxy, token: str, make: type, rcode: int) -> None:
    """UPDATE and NOTIFY arrive octet for octet, over TCP; what comes back has the right ID (RFC 2136)."""
    wire = make(f"done{rcode}.{token}.t")
    with proxy.stream() as stream:
        got = [stream.ask(wire)]
    got.append(Message(udp(proxy.ports["plain"], wire)))
    for each in got:
        assert (each.id, each.flags >> 11 & 15, each.rcode) == (0x4321, wire[2] >> 3 & 15, rcode)
    assert [(logged.transport, logged.wire[2:]) for logged in proxy.seen(token)] == [("tcp", wire[2:])] * 2


def test_TR07_unsigned(proxy: Proxy, token: str) -> None:
    """An UPDATE that anybody could have sent, by a forged address, goes nowhere."""
    signed = update(f"done0.{token}.t")
    wire = signed[:10] + b"\0\0" + signed[12 : signed.index(b"\1k\0\0\xfa")]
    assert Message(udp(proxy.ports["plain"], wire)).rcode == REFUSED
    assert not proxy.seen(token)
    with proxy.stream("plain") as stream:
        assert stream.ask(wire).rcode == 0


def test_UP09(proxy: Proxy, token: str) -> None:
    """What may have arrived is never sent again: SERVFAIL (RFC 2136 section 6)."""
    wires = [make(f"{label}.{token}.t") for make in (update, notify) for label in ("close", "drop")]
    with proxy.stream("plain") as stream:
        stream.send(*wires)
        assert [(each.id, each.rcode) for each in stream.receive(4)] == [(0x4321, SERVFAIL)] * 4
    time.sleep(0.3)
    assert len(proxy.seen(token)) == 4


@pytest.mark.parametrize("make", [update, notify, lambda name: query(name, AXFR), lambda name: ixfr(name, 5)])
def test_allowed(proxy: Proxy, token: str, make: type) -> None:
    """Who is not on the list is refused, over all transports, and the nameserver hears nothing."""
    wire = make(f"zone1.{token}.t")
    with proxy.stream("closed") as stream:
        assert stream.ask(wire).rcode == REFUSED
    assert Message(udp(proxy.ports["closed"], wire)).rcode == REFUSED
    assert not proxy.seen(token)


@pytest.mark.parametrize("make", [update, notify])
@through(EVERY)
def test_TR08_others(way: Way, token: str, make: type) -> None:
    """Without C{relay} nothing of it goes upstream (RFC 8906 section 3.1.4)."""
    got = way.ask(make(f"done0.{token}.t"))
    assert (got.id, got.rcode) == (0x4321, NOTIMP)
    assert not way.seen(token)


@through(EVERY)
def test_TR09(way: Way, token: str) -> None:
    """DSO is unknown; a message of it without ID wants no response (RFC 8490 section 5.4)."""
    wire = bytes.fromhex("1234300000000000000000000001000800003a9800003a98")
    last = query(f"ok.{token}.t", id=77)
    if way.datagrams:
        with datagrams(way.port()) as one:
            for each in (wire, b"\0\0" + wire[2:], last):
                one.send(each)
            got = [Message(one.recv(4096)[:12]) if not at else Message(one.recv(4096)) for at in range(2)]
    else:
        with way.stream() as stream:
            stream.send(wire, b"\0\0" + wire[2:], last)
            got = stream.receive(2)
    assert [(each.id, each.rcode) for each in got] == [(0x1234, NOTIMP), (77, 0)]
