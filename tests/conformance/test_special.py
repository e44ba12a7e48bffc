"""SN: names that are no names of the public DNS, discovery of the TLS front, types that are none."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from ..interop.certificates import NAME
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain, dotchainCommand
from ..interop.ports import HOST, freePort
from ..interop.server import Server, serverSide
from .client import udp
from .message import (
    AA,
    AAAA,
    AD,
    EDE,
    FORMERR,
    NS,
    NXDOMAIN,
    RD,
    SOA,
    TXT,
    A,
    Message,
    optrr,
    query,
    question,
    wireName,
)
from .replies import RIGHT, byLabel
from .roles import CACHED, EVERY, Way, through

PTR, MX, DS, HINFO, SVCB, HTTPS, RESINFO, ANY = 12, 15, 43, 13, 64, 65, 261, 255
FRONTS = ["A-udp", "A-tcp", "F-udp", "F-tls"]


def seen(way: Way, name: str) -> int:
    """How often the nameserver was asked for a name."""
    wire = wireName(name.lower())
    return sum(Message(logged.wire).question.lower().startswith(wire) for logged in way.role.server.log)


def assertHere(way: Way, name: str, kind: int, rcode: int, answer: list[bytes] | None = None) -> Message:
    """It's answered here, with RD and without, with an OPT and without, and with the SOA where it's due."""
    for flags in (RD, 0):
        for opt in (b"", optrr()):
            sent = query(name, kind, flags=flags, opt=opt)
            got = way.ask(sent)
            assert (got.rcode, got.question, got.answer) == (rcode, Message(sent).question, answer or [])
            assert (got.flags & (AA | AD), got.opt is not None) == (AA, bool(opt))
            assert answer or SOA in got.types
    assert not seen(way, name)
    return got


@through(FRONTS)
def test_SN01(way: Way) -> None:
    """resolver.arpa, and all below it, is answered here (RFC 9462 section 6.4)."""
    for name in ("resolver.arpa", "_dns.resolver.arpa", "x.y.Resolver.ARPA"):
        for kind in (A, TXT, SVCB, RESINFO):
            assertHere(way, name, kind, 0)


@through(FRONTS)
def test_SN03(way: Way) -> None:
    """localhost is this host; invalid, test and local are not there (RFC 6761 section 6, RFC 6762)."""
    for name in ("LocalHost", "a.localhost"):
        assertHere(way, name, A, 0, [bytes([127, 0, 0, 1])])
        assertHere(way, name, AAAA, 0, [bytes(15) + b"\1"])
        assertHere(way, name, MX, 0)
    for name in ("x.invalid", "x.TEST", "printer.local"):
        for kind in (A, AAAA, HTTPS):
            got = assertHere(way, name, kind, NXDOMAIN)
            assert got.opt is None or EDE in got.codes


@through(FRONTS)
def test_SN04(way: Way) -> None:
    """Names of Tor go nowhere (RFC 7686 section 2)."""
    for name in ("abc.onion", "x.aBc.OnIoN", "onion"):
        for kind in (A, AAAA, HTTPS):
            assertHere(way, name, kind, NXDOMAIN)


REVERSE = [
    *("10.in-addr.arpa", "168.192.in-addr.arpa", "16.172.in-addr.arpa", "31.172.in-addr.arpa"),
    *("127.in-addr.arpa", "0.in-addr.arpa", "254.169.in-addr.arpa", "2.0.192.in-addr.arpa"),
    *("100.51.198.in-addr.arpa", "113.0.203.in-addr.arpa", "255.255.255.255.in-addr.arpa"),
    *("64.100.in-addr.arpa", "127.100.in-addr.arpa", "d.f.ip6.arpa", "8.e.f.ip6.arpa", "b.e.f.ip6.arpa"),
    *(
        "8.b.d.0.1.0.0.2.ip6.arpa",
        ".".join(["0"] * 32) + ".ip6.arpa",
        ".".join(["1"] + ["0"] * 31) + ".ip6.arpa",
    ),
]
PUBLIC = [
    "32.172.in-addr.arpa",
    "15.172.in-addr.arpa",
    "128.100.in-addr.arpa",
    "8.8.8.in-addr.arpa",
    "1.0.0.2.ip6.arpa",
]


@through(["A-udp", "F-tls"])
def test_SN05(way: Way) -> None:
    """Private reverse zones are served here, and no others (RFC 6303 section 4, RFC 7793)."""
    for zone in REVERSE:
        assert SOA in way.ask(query(zone, SOA)).types
        assert way.ask(query(zone, NS)).answer
        assert way.ask(query(f"1.{zone}", PTR)).rcode == NXDOMAIN
        assert not seen(way, zone)
        assert not seen(way, f"1.{zone}")
    for zone in PUBLIC:
        assert way.ask(query(f"1.{zone}", PTR)).rcode == 0
        assert seen(way, f"1.{zone}")


@through(["A-udp", "F-tls"])
def test_SN06(way: Way) -> None:
    """home.arpa stays here but for the proof that it needs no signatures (RFC 8375 section 4)."""
    assertHere(way, "nas.home.arpa", A, NXDOMAIN)
    way.ask(query("home.arpa", DS, opt=optrr(do=True)))
    assert seen(way, "home.arpa") == 1


OTHERS = [
    "example",
    "www.example.com",
    "example.net",
    "example.org",
    "ipv4only.arpa",
    "arpa",
    "single",
    "123",
]


@through(["A-udp", "F-tls"])
def test_SN07(way: Way) -> None:
    """Names that look special and are not are asked for like any other (RFC 6761 section 6.5, RFC 8880)."""
    for name in OTHERS:
        assert way.ask(query(name)).answer == [RIGHT]
        assert seen(way, name)


@through(EVERY)
def test_SN10(way: Way, token: str) -> None:
    """NXNAME can't be asked for (RFC 9824 section 3.5); other types that no record has are not kept."""
    for opt in (b"", optrr()):
        got = way.ask(query(f"ok.{token}.t", 128, opt=opt))
        assert (got.rcode, got.answer) == (FORMERR, [])
        assert [data[:2] for code, data in got.options if code == EDE] == [b"\0\x1e"] * bool(opt)
    assert not way.seen(token)
    for kind in (41, 249, 250, 253, 254):
        for count in (1, 2):
            way.ask(query(f"ok.{kind}.{token}.t", kind))
            asked = [Message(logged.wire).question for logged in way.seen(token)]
            assert asked.count(question(f"ok.{kind}.{token}.t", kind)) == count
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]


@through(CACHED)
def test_SN11(way: Way, token: str) -> None:
    """ANY passes, and what it brought answers no other type (RFC 8482 section 4)."""
    for kind in (ANY, HINFO, A):
        assert way.ask(query(f"rdata.{token}.t", kind)).rest[0].type == kind
    assert len(way.seen(token)) == 3


class Told(NamedTuple):
    """
    A forwarder that tells of its TLS front, and has other names as its operator wants.

    @ivar port: of the clear text.
    """

    server: Server
    port: int
    dot: int

    def ask(self, name: str, kind: int, **more: bytes) -> Message:
        """One answer over UDP."""
        return Message(udp(self.port, query(name, kind, **more)))  # type: ignore[arg-type]


def told(port: int, dot: int, upstream: str, credentials: Credentials, path: str = "special") -> str:
    """Its INI file."""
    return f"""
[front lan]
listen = udp://{HOST}:{port}
chain = c
[front dot]
listen = tls://{HOST}:{dot}
certificate = {credentials.files.certificate}
key = {credentials.files.key}
chain = c
[chain c]
path = {path} cache up
[stage special]
designate = {NAME}
port = {dot}
address = {HOST}
except = 10.in-addr.arpa use-application-dns.net
also = blocked.example lan
[upstream up]
address = {upstream}
"""


@pytest.fixture(scope="module")
def designated(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[Told]:
    """It runs."""
    with ExitStack() as stack:
        server = stack.enter_context(Server(byLabel({}), serverSide(credentials.files)))
        port, dot = freePort(), freePort()
        upstream = f"tls://{HOST}:{server.port}\npin-sha256 = {credentials.server.pin}"
        text = told(port, dot, upstream, credentials, "special any")
        stack.enter_context(Dotchain(tmp_path_factory.mktemp("designated"), text))
        yield Told(server, port, dot)


def test_SN02(designated: Told) -> None:
    """The TLS front is told as SVCB, with its addresses (RFC 9462 section 4, RFC 9461 section 4)."""
    got = designated.ask("_dns.resolver.arpa", SVCB)
    (data,) = got.answer
    target = wireName(NAME)
    assert data[:2] != b"\0\0"
    assert data[2:].startswith(target)
    keys, left = [], data[2 + len(target) :]
    while left:
        key, length = struct.unpack_from("!HH", left)
        keys.append((key, left[4 : 4 + length]))
        left = left[4 + length :]
    assert [key for key, _ in keys] == sorted(key for key, _ in keys)
    assert dict(keys)[1] == b"\3dot"
    assert dict(keys)[3] == designated.dot.to_bytes(2, "big")
    assert 2 not in dict(keys)
    assert [record.data for record in got.rest if record.section == 2] == [bytes([127, 0, 0, 1])]
    assert got.flags & AA
    assert not designated.server.seen("resolver")


def test_SN02_certificate(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> None:
    """A certificate that is for another name or address is warned of (RFC 9462 section 4.2)."""
    config = tmp_path_factory.mktemp("check") / "told.ini"
    text = told(freePort(), freePort(), f"udp://{HOST}:{freePort()}", credentials)
    config.write_text(text.replace(f"designate = {NAME}", "designate = other.example.net"))
    done = dotchainCommand("check", str(config))
    assert "other.example.net" in done.stdout + done.stderr


def test_SN05_except(designated: Told) -> None:
    """A zone that is the operator's own is asked for like any other."""
    assert designated.ask("1.0.0.10.in-addr.arpa", PTR).rcode == 0
    assert designated.server.seen("in-addr")


@through(["A-udp", "F-tls"])
def test_SN08(way: Way, designated: Told) -> None:
    """Firefox's canary is answered NXDOMAIN, or asked for where the operator wants it."""
    for kind in (A, AAAA):
        assertHere(way, "use-application-dns.net", kind, NXDOMAIN)
    assert designated.ask("use-application-dns.net", A).answer == [RIGHT]


@pytest.mark.parametrize("kind", [A, AAAA, HTTPS, TXT, 1000])
def test_SN09(designated: Told, kind: int) -> None:
    """Names that are blocked don't exist, for any type, with the reason and a SOA (RFC 8914 section 4.16)."""
    for name in ("blocked.example", "x.BLOCKED.example"):
        for opt in (b"", optrr(), optrr(do=True)):
            got = designated.ask(name, kind, opt=opt)
            assert (got.rcode, got.answer, got.flags & AD) == (NXDOMAIN, [], 0)
            assert got.types == {SOA}
            assert [data[:2] for code, data in got.options if code == EDE] == [b"\0\x0f"] * bool(opt)
    assert not designated.server.seen("\7blocked")
    assert designated.ask("notblocked.example", A).answer == [RIGHT]


def test_SN11_minimal(designated: Told) -> None:
    """With the stage any, ANY gets one small record, and HINFO the real ones (RFC 8482 section 4.2)."""
    got = designated.ask("rdata.any.t", ANY)
    assert [(record.type, record.data) for record in got.rest] == [(HINFO, b"\7RFC8482\0")]
    assert not designated.server.seen("rdata")
    assert len(designated.ask("rdata.any.t", HINFO).answer) == 4
    assert designated.ask("ok.any.t", A).answer == [RIGHT]
