"""Addresses and ports that only a network of its own has: MS06, AS03, AS05, AS06, AU05, DS04, UD05."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import NamedTuple

import pytest

from ..interop.certificates import otherPin
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain
from ..interop.network.namespace import Namespace
from ..interop.ports import HOST
from ..interop.server import Server, serverSide
from .message import AD, RD, REFUSED, SERVFAIL, Message, optrr, query
from .packets import Datagram, Sniffer, forge
from .replies import RIGHT, byLabel
from .test_messages import responses

FRONT, SURE, WEAK, CLEAR, STRICT = 5300, 5301, 5302, 5303, 5304
DOT, PLAIN = 8853, 5353
NEAR, FAR, UPSTREAM, DOWN = "10.0.0.1", "198.51.100.2", "198.51.100.9", "198.51.100.10"
"""A private address, one of the Internet, where the upstreams are, and where one is not."""

INSIDE, OUTSIDE = "192.0.2.1", "192.0.2.2"
"""The ends of a link."""

_FRONTS = f"""
[front all]
listen = udp://0.0.0.0:{FRONT} tcp://0.0.0.0:{FRONT} udp://[::]:{FRONT}
chain = sure
"""


def chain(name: str, port: int, address: str, keys: str) -> str:
    """A front on 127.0.0.1, its chain and its upstream."""
    front = f"[front {name}]\nlisten = udp://{HOST}:{port}\nchain = {name}\n"
    upstream = f"[upstream to-{name}]\naddress = {address}\ntimeout = 2s\n{keys}\n"
    return f"{front}[chain {name}]\npath = to-{name}\n{upstream}"


class Network(NamedTuple):
    """
    A host with addresses of every sort, dotchain on it, and its upstreams.

    @ivar inside: its network.
    @ivar outside: another host's, joined by a link.
    @ivar encrypted: the upstream over TLS.
    @ivar clear: the one in clear text.
    @ivar port53: a nameserver on the port 53 of an address whose TLS is down.
    """

    inside: Namespace
    outside: Namespace
    encrypted: Server
    clear: Server
    port53: Server

    def client(self, host: str, port: int = 0) -> socket.socket:
        """A socket with an address and a port of its own."""
        with self.inside.entered():
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            made = socket.socket(family, socket.SOCK_DGRAM)
            made.bind((host, port))
            made.settimeout(4)
            return made

    def ask(self, wire: bytes, to: tuple[str, int], source: tuple[str, int] = (HOST, 0)) -> Message:
        """One answer, from where the query was sent to."""
        with self.client(*source) as one:
            one.connect(to)
            one.send(wire)
            return Message(one.recv(65536))

    def after(self, forged: list[bytes], source: tuple[str, int]) -> list[Datagram]:
        """All that passes when datagrams come from a source that can't be asked, those too."""
        with self.inside.entered(), Sniffer() as sniffer:
            for wire in forged:
                forge(wire, source, (HOST, FRONT))
            return sniffer.heard(0.25)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[Network]:
    """It runs."""
    pin = f"pin-sha256 = {credentials.server.pin}"
    encrypted = f"tls://{UPSTREAM}:{DOT}"
    unproven = f"profile = encrypted\npin-sha256 = {otherPin()}"
    text = (
        _FRONTS
        + chain("sure", SURE, encrypted, pin)
        + chain("weak", WEAK, encrypted, unproven)
        + chain("clear", CLEAR, f"udp://{UPSTREAM}:{PLAIN}", "")
        + chain("strict", STRICT, f"tls://{DOWN}", pin)
    )
    with ExitStack() as stack:
        inside, outside = (stack.enter_context(closing(Namespace())) for _ in range(2))
        inside.join(outside, "wire")
        inside.up("wire", f"{INSIDE}/24")
        outside.up("wire", f"{OUTSIDE}/24")
        for address in (NEAR, FAR, UPSTREAM, DOWN):
            inside.run("ip", "address", "add", f"{address}/32", "dev", "lo")
        script, side = byLabel({}), serverSide(credentials.files)
        servers = [
            stack.enter_context(inside.running(server))
            for server in (
                Server(script, side, port=DOT, host=UPSTREAM),
                Server(script, udp=True, port=PLAIN, host=UPSTREAM),
                Server(script, udp=True, port=53, host=DOWN),
            )
        ]
        stack.enter_context(inside.running(Dotchain(tmp_path_factory.mktemp("network"), text)))
        yield Network(inside, outside, *servers)


@pytest.mark.parametrize("host", [HOST, "127.0.0.2", NEAR, "::1"])
def test_UD05(network: Network, token: str, host: str) -> None:
    """A wildcard address answers from the address that was asked (RFC 2181 section 4.1)."""
    source = ("::1", 0) if ":" in host else (HOST, 0)
    assert network.ask(query(f"ok.{token}.t"), (host, FRONT), source).answer == [RIGHT]


def test_AS05_default(network: Network, token: str) -> None:
    """By default private addresses may ask, and the Internet may not (RFC 5358)."""
    assert network.ask(query(f"ok.{token}.t"), (NEAR, FRONT), (NEAR, 0)).answer == [RIGHT]
    before = len(network.encrypted.log)
    for wire in (query(f"ok.{token}.t"), query(f"ok.other.{token}.t", opt=optrr())):
        got = network.ask(wire, (FAR, FRONT), (FAR, 0))
        assert (got.rcode, got.rest) == (REFUSED, [])
    with network.inside.entered(), socket.create_connection((FAR, FRONT), 4, (FAR, 0)) as stream:
        wire = query(f"ok.{token}.t")
        stream.sendall(len(wire).to_bytes(2, "big") + wire)
        octets = stream.recv(4096)
    assert Message(octets[2:]).rcode == REFUSED
    assert len(network.encrypted.log) == before


@pytest.mark.parametrize(
    "source", [(HOST, FRONT), (HOST, 5399), (FAR, FRONT)], ids=["own", "any", "stranger"]
)
def test_MS06_network(network: Network, token: str, source: tuple[str, int]) -> None:
    """Responses get nothing, from port 53 and from our own address, nor from who is refused (RFC 1035)."""
    sent = responses(token)
    assert [each.wire for each in network.after(sent, source)] == sent


def test_AS03(network: Network) -> None:
    """Services that answer anything get no errors; a resolver on port 53 gets its answer."""
    broken = [query("ok.t")[:-3], b"0123456789012345678901234567890", query("ok.t", questions=2)]
    assert len(network.after(broken, (HOST, 8))) == 2 * len(broken)
    for port in (7, 13, 17, 19, 37):
        assert [each.wire for each in network.after(broken, (HOST, port))] == broken
    assert network.ask(query("ok.t"), (HOST, FRONT), ("127.0.0.2", 53)).answer == [RIGHT]


def test_AS03_zero(network: Network) -> None:
    """Nothing can be sent to port 0, and nothing is hurt by it."""
    sent = [query("ok.t"), query("ok.t")[:-3]]
    assert [each.wire for each in network.after(sent, (HOST, 0))] == sent
    assert network.ask(query("ok.t"), (HOST, FRONT)).answer == [RIGHT]


def test_AS06(network: Network) -> None:
    """What seems to come from ourselves ends with one response."""
    sent = [
        query("ok.t"),
        query("ok.t")[:-3],
        query("ok.t", opt=optrr(version=1)),
        query("ok.t", questions=2),
    ]
    passed = network.after(sent, (HOST, FRONT))
    assert len(passed) == 2 * len(sent)
    assert sum(bool(each.wire[2] & 0x80) for each in passed) == len(sent)


@pytest.mark.parametrize("nobody", ["224.0.0.1", "255.255.255.255"])
def test_AS06_nobody(network: Network, nobody: str) -> None:
    """What seems to come from everybody gets nothing: the system drops it (RFC 1122 section 3.2.1.3)."""
    with network.outside.entered(), Sniffer("wire") as sniffer:
        for source in (nobody, OUTSIDE):
            forge(query("ok.t"), (source, 5399), (INSIDE, FRONT))
        assert [each.to for each in sniffer.heard(0.25)] == [(OUTSIDE, 5399)]


def test_AU05_port53(network: Network, token: str) -> None:
    """Strict: where TLS is down nothing goes to port 53 of the same address (RFC 8310 section 5.1)."""
    with network.inside.entered(), Sniffer() as sniffer:
        assert network.ask(query(f"ok.{token}.t"), (HOST, STRICT)).rcode == SERVFAIL
        assert not [each for each in sniffer.heard(0.2) if each.to[0] == DOWN]
    assert not network.port53.log


@pytest.mark.parametrize(
    ("port", "flag"), [(SURE, AD), (WEAK, 0), (CLEAR, 0)], ids=["strict", "encrypted", "clear"]
)
def test_DS04(network: Network, token: str, port: int, flag: int) -> None:
    """AD is believed of who has proven who he is, and of nobody else (RFC 4035 section 4.6)."""
    got = network.ask(query(f"auth.{token}.t", flags=RD | AD, opt=optrr(do=True)), (HOST, port))
    assert (got.answer, got.flags & AD) == ([RIGHT], flag)
