"""MS, DS, OP04: flags, opcodes and records as they pass; the battery of RFC 8906."""

from __future__ import annotations

import secrets
import struct

import pytest

from ..interop.asking import dig
from .client import datagrams
from .message import (
    AA,
    AD,
    BADVERS,
    CD,
    COOKIE,
    FORMERR,
    NOTIMP,
    RA,
    RD,
    TC,
    Message,
    eopt,
    labels,
    optrr,
    query,
    wireName,
)
from .replies import RIGHT, WRONG
from .roles import CACHED, DATAGRAMS, EVERY, Way, through

SOME = ["P-tls", "A-udp", "A-tcp", "F-tls", "Fu-udp"]


@pytest.mark.parametrize("flags", [0x0140, RD | AA, RD | TC, RD | RA, RD | AD, RD | 5, 0x07FF & ~CD])
@through(EVERY)
def test_MS03(way: Way, token: str, flags: int) -> None:
    """Flags that mean nothing in a query are ignored, and Z is not given back (RFC 5625 section 4.1)."""
    for _ in range(2):
        got = way.ask(query(f"ok.{token}.t", flags=flags))
        assert (got.rcode, got.answer, got.flags & 0x0040, got.flags & TC) == (0, [RIGHT], 0, 0)


@through(EVERY)
def test_MS05(way: Way) -> None:
    """Without a question it is answered without one; a cookie gets a cookie (RFC 7873 section 5.4)."""
    for opt in (b"", optrr(), optrr(eopt(COOKIE, b"clientck"))):
        wire = struct.pack("!6H", secrets.randbelow(65536), RD | CD, 0, 0, 0, bool(opt)) + opt
        got = way.ask(wire)
        assert (got.id, got.questions, got.flags & (RD | CD)) == (Message(wire).id, 0, RD | CD)
        if way.datagrams and COOKIE in Message(wire).codes:
            assert (got.rcode, [(code, len(data)) for code, data in got.options]) == (0, [(COOKIE, 24)])
        else:
            assert got.rcode == FORMERR


@pytest.mark.parametrize("opcode", [1, 2, 3, 4, 5, 6, *range(7, 16)])
@through(EVERY)
def test_MS07(way: Way, token: str, opcode: int) -> None:
    """Opcodes that are not served get NOTIMP, their body unread (RFC 8906 section 3.1.4)."""
    before = len(way.role.server.log)
    for body in (b"", secrets.token_bytes(40), wireName(f"ok.{token}.t") + b"\0\6\0\1"):
        wire = struct.pack("!6H", 1 + secrets.randbelow(65535), opcode << 11, bool(body), 0, 0, 0) + body
        got = way.ask(wire)
        assert (got.id, got.flags >> 11 & 15, got.rcode) == (Message(wire[:4] + bytes(8)).id, opcode, NOTIMP)
        assert got.counts == (0, 0, 0)
    assert len(way.role.server.log) == before


@through(EVERY)
def test_MS09(way: Way) -> None:
    """Names of 255 octets and labels of 63 are legal, and not one octet more (RFC 1035 section 2.3.4)."""
    longest = labels(b"ok", *([b"z" * 62] * 3), b"z" * 61)
    for name, rcode in (
        (longest, 0),
        (labels(b"ok", *([b"z" * 62] * 3), b"z" * 62), FORMERR),
        (labels(b"ok", b"z" * 63), 0),
        (b"\2ok\x40" + b"z" * 64 + b"\0", FORMERR),
        (b"\2ok\x80z\0", FORMERR),
        (b"\2ok\xc0\x0c", FORMERR),
    ):
        assert way.ask(query(name)).rcode == rcode


@pytest.mark.parametrize("rcode", [*range(1, 12), 17, 22, 24, 4094])
@through(SOME)
def test_MS11(way: Way, token: str, rcode: int) -> None:
    """RCODEs pass as they are (RFC 6895 section 2.3)."""
    got = way.ask(query(f"rc{rcode}.{token}.t", opt=optrr()))
    assert (got.rcode, got.answer) == (rcode, [])


@through(CACHED)
def test_MS12(way: Way, token: str) -> None:
    """RD=0 is passed on as it is, and tells nothing of what is kept (RFC 8932 section 5.2.5)."""
    cold = way.ask(query(f"ok.cold.{token}.t", flags=0))
    way.ask(query(f"ok.{token}.t"))
    warm = way.ask(query(f"ok.{token}.t", flags=0))
    assert (warm.flags, warm.answer) == (cold.flags, cold.answer)
    flags = [Message(logged.wire).flags & RD for logged in way.seen(token)]
    assert flags == [0, RD, 0]


@through(SOME)
def test_MS13(way: Way, token: str) -> None:
    """Records pass in their order, twice where they stand twice, with their own TTLs."""
    got = way.ask(query(f"order.{token}.t"))
    assert [record.type for record in got.rest] == [1, 28, 1, 1, 5]
    assert [got.answer[at] for at in (0, 2, 3)] == [RIGHT, WRONG, RIGHT]
    if not way.role.caches:
        assert [record.ttl for record in got.rest] == [300, 200, 100, 300, 50]


@through(["P-tls", "A-udp", "F-tls"])
def test_DS03(way: Way, token: str) -> None:
    """AD goes to those who asked with AD or DO, kept or not (RFC 6840 section 5.8)."""
    for first in range(3):
        kinds = [(RD, b"", False), (RD | AD, b"", True), (RD, optrr(do=True), True), (RD, optrr(), False)]
        for flags, opt, expected in kinds[first:] + kinds[:first]:
            got = way.ask(query(f"auth.{first}.{token}.t", flags=flags, opt=opt))
            assert bool(got.flags & AD) is expected
    assert all(Message(logged.wire).flags & AD for logged in way.seen(token))


@pytest.mark.parametrize("type", [43, 46, 47, 48, 51, 59, 255])
@through(["P-tls", "A-udp", "F-tls"])
def test_DS05(way: Way, token: str, type: int) -> None:
    """DNSSEC's own types come without DO, too, where they are asked for (RFC 4035 section 3.2.1)."""
    for _ in range(2):
        got = way.ask(query(f"rdata.{token}.t", type))
        assert (len(got.answer), got.types) == (4, {type})


BATTERY: list[tuple[list[str], list[str]]] = [
    (["+noedns", "+noad", "+norec", "SOA"], ["status: NOERROR"]),
    (["+noedns", "+noad", "+norec", "TYPE1000"], ["status: NOERROR"]),
    (["+noedns", "+noad", "+norec", "+cd", "SOA"], ["status: NOERROR"]),
    (["+noedns", "+ad", "+norec", "SOA"], ["status: NOERROR"]),
    (["+noedns", "+noad", "+norec", "+zflag", "SOA"], ["status: NOERROR"]),
    (["+noedns", "+noad", "+opcode=15", "+norec", "+header-only"], ["status: NOTIMP", "opcode: RESERVED15"]),
    (["+noedns", "+noad", "+norec", "+tcp", "SOA"], ["status: NOERROR"]),
    (["+edns=0", "+nocookie", "+noad", "+norec", "SOA"], ["status: NOERROR", "EDNS: version: 0"]),
    (
        ["+edns=1", "+noednsneg", "+nocookie", "+noad", "+norec", "SOA"],
        ["status: BADVERS", "EDNS: version: 0"],
    ),
    (["+edns=0", "+noad", "+norec", "+ednsopt=100", "SOA"], ["status: NOERROR", "EDNS: version: 0"]),
    (["+edns=0", "+noad", "+norec", "+ednsflags=0x80", "SOA"], ["status: NOERROR", "flags:; udp: 1232"]),
    (["+edns=0", "+noad", "+norec", "+dnssec", "SOA"], ["status: NOERROR", "flags: do; udp: 1232"]),
    (["+edns=0", "+noad", "+norec", "+dnssec", "+bufsize=512", "+ignore", "DNSKEY"], ["EDNS: version: 0"]),
    (
        ["+edns=1", "+noednsneg", "+nocookie", "+noad", "+norec", "+dnssec", "SOA"],
        ["status: BADVERS", "flags: do; udp: 1232"],
    ),
    (
        ["+edns=0", "+noad", "+norec", "+cookie", "+nsid", "+expire", "+subnet=0.0.0.0/0", "SOA"],
        ["status: NOERROR", "EDNS: version: 0"],
    ),
]
"""dig's arguments and what must stand in what it prints (RFC 8906 section 8)."""


@pytest.mark.parametrize("number", range(len(BATTERY)))
@through(["P-tls", "A-udp", "F-udp", "F-tls"])
def test_OP04(way: Way, token: str, number: int) -> None:
    """Each test of RFC 8906 section 8, cold and warm: an answer at once, as it must be."""
    arguments, expected = BATTERY[number]
    name = [] if "+header-only" in arguments else [f"ok.{token}.t"]
    secure = ["+tls"] if way.tls and "+tcp" not in arguments else []
    if way.tls and not secure:
        arguments = [word for word in arguments if word != "+tcp"] + ["+tls"]
    for _ in range(2):
        said = dig(way.port(), *secure, *name, *arguments)
        for words in expected:
            assert words in said, said
        assert "flags: qr" in said
        assert "MBZ" not in said


@through(DATAGRAMS)
def test_OP04_silence(way: Way) -> None:
    """Errors are said and not met with silence."""
    with datagrams(way.port()) as one:
        for wire, rcode in (
            (query("ok.t", questions=2), FORMERR),
            (query("ok.t", opt=optrr(version=9)), BADVERS),
        ):
            one.send(wire)
            assert Message(one.recv(4096)).rcode == rcode
