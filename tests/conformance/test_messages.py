"""MS: the header, the question, and what is no query."""

from __future__ import annotations

import socket
import struct

import pytest

from ..interop.processes import processorTime
from .client import datagrams
from .message import (
    AD,
    BADVERS,
    CD,
    EDE,
    FORMERR,
    NOTIMP,
    RD,
    REFUSED,
    SERVFAIL,
    TC,
    TXT,
    Message,
    labels,
    lacking,
    optrr,
    query,
    question,
)
from .misbehavior import MALFORMED
from .replies import RIGHT
from .roles import CACHED, DATAGRAMS, DEAD, DENIED, EVERY, STREAMS, Way, through

FLAGS = [0, RD, CD, RD | CD, RD | CD | AD]


def assertEcho(sent: bytes, got: Message, rcode: int) -> None:
    """ID, opcode, RD, CD and the question are the query's; Z is 0."""
    asked = Message(sent)
    assert got.id == asked.id
    assert got.flags & 0x8000
    assert got.flags & (0x7800 | RD | CD) == asked.flags & (0x7800 | RD | CD)
    assert not got.flags & 0x0040
    assert got.question == asked.question
    assert got.rcode == rcode


@pytest.mark.parametrize("flags", FLAGS)
@through(EVERY)
def test_MS01(way: Way, token: str, flags: int) -> None:
    """The header of every reply echoes the query's, errors made here among them (RFC 1035 section 4.1.1)."""
    opt = optrr()
    for name, rcode, entrance in (
        (f"ok.{token}.t", 0, ""),
        (f"ok.{token}.t", 0, ""),
        (f"rc2.{token}.t", SERVFAIL, ""),
        (f"ok.down.{token}.t", SERVFAIL, DEAD),
        (f"ok.{token}.t", REFUSED, DENIED),
    ):
        for extended in (b"", opt):
            sent = query(name, flags=flags, opt=extended)
            got = way.ask(sent, entrance)
            assertEcho(sent, got, rcode)
            assert not got.flags & TC
            assert got.flags & 0x0080 or entrance == DENIED
    sent = query(f"ok.{token}.t", flags=flags, opt=optrr(version=1))
    assertEcho(sent, way.ask(sent), BADVERS)
    sent = lacking(query(f"ok.{token}.t", flags=flags))
    got = way.ask(sent)
    assert (got.id, got.rcode, got.question) == (
        int.from_bytes(sent[:2], "big"),
        FORMERR,
        question(f"ok.{token}.t"),
    )
    assert got.flags & (RD | CD) == flags & (RD | CD)
    if way.datagrams:
        sent = query(f"size3000.{token}.t", TXT, flags=flags)
        got = way.ask(sent)
        assertEcho(sent, got, 0)
        assert got.flags & TC


@through(EVERY)
def test_MS02(way: Way, token: str) -> None:
    """The question comes back octet for octet: hit, miss, error, truncated (RFC 4343 section 4)."""
    for name in ("Ok.WwW", "oK.wWw", "loWer.WwW", "LOWER.wwW", "rC2.Www", "eX.InVaLiD", "SIZE3000.wWW"):
        for entrance in ("", DENIED, DEAD):
            sent = query(f"{name}.{token}.T", TXT if "SIZE" in name else 1)
            assert way.ask(sent, entrance).question == Message(sent).question
    first, second = (query(f"{name}.{token}.t", id=7) for name in ("D300.aBc", "d300.AbC"))
    if way.datagrams:
        with datagrams(way.port()) as one, datagrams(way.port()) as other:
            one.send(first)
            other.send(second)
            got = [Message(one.recv(4096)), Message(other.recv(4096))]
    else:
        with way.stream() as stream, way.stream() as another:
            stream.send(first)
            another.send(second)
            got = [*stream.receive(), *another.receive()]
    assert [each.question for each in got] == [Message(first).question, Message(second).question]


@through(EVERY)
def test_MS04(way: Way, token: str) -> None:
    """More than one question: FORMERR, and nobody is asked (RFC 9619 section 4)."""
    two = query(f"ok.{token}.t", questions=2) + question(f"ok.other.{token}.t")
    for sent in (two, query(f"ok.{token}.t", questions=65535)):
        got = way.ask(sent)
        assert (got.id, got.flags & 15, got.counts) == (int.from_bytes(sent[:2], "big"), FORMERR, (0, 0, 0))
    assert not way.seen(token)


def responses(token: str) -> list[bytes]:
    """Responses, whole and broken."""
    good = query(f"ok.{token}.t", flags=0x8180)
    return [
        good,
        query(f"ok.{token}.t", flags=0xF980),
        good[:-3],
        query(f"ok.{token}.t", flags=0x8180, questions=3),
        query(f"ok.{token}.t", flags=0x8180, opt=optrr(version=1)),
        query(f"ok.{token}.t", flags=0x8580, opt=optrr()),
    ]


@through(DATAGRAMS)
@pytest.mark.parametrize("entrance", ["", DENIED])
def test_MS06_datagrams(way: Way, token: str, entrance: str) -> None:
    """A response is no query: no answer of any kind, also none to say so (RFC 1035 section 7.3)."""
    with datagrams(way.port(entrance)) as one:
        for each in responses(token):
            one.send(each)
        one.send(query("ok.sentinel.t", id=0x5555))
        assert Message(one.recv(4096)).id == 0x5555
        one.settimeout(0.3)
        with pytest.raises(socket.timeout):
            one.recv(4096)
    assert not way.seen(token)


@through(STREAMS)
def test_MS06_streams(way: Way, token: str) -> None:
    """On a stream a response is discarded too."""
    with way.stream() as stream:
        stream.send(*responses(token), query("ok.sentinel.t", id=0x5555))
        assert stream.receive()[0].id == 0x5555
        stream.send(query("ok.sentinel.t", id=0x6666))
        assert stream.receive()[0].id == 0x6666
    assert not way.seen(token)


def vectors() -> list[bytes]:
    """Malformed queries whose header is whole; ID 0x1234."""
    long = labels(*([b"z" * 62] * 3), b"z" * 62, b"zz")
    assert len(long) == 256
    head, tail = "123401000001000000000000", "00010001"
    return [
        bytes.fromhex(f"{head}c00c{tail}"),
        bytes.fromhex(f"{head}c00ec00c{tail}"),
        bytes.fromhex(f"{head}c0ff{tail}"),
        bytes.fromhex(f"{head}41610000010001"),
        bytes.fromhex(f"{head}81610000010001"),
        bytes.fromhex("123401000002000000000000026f6b01740000010001"),
        bytes.fromhex(
            "123401000001000000000002026f6b0174000001000100002904d000000000000000002904d0000000000000"
        ),
        bytes.fromhex("123401000001000000000001026f6b0174000001000100002904d0000000000004000c00ff"),
        query(long, id=0x1234),
        bytes.fromhex("123401000001000000000001026f6b01740000010001c00c000100010000003c019001020304"),
        bytes.fromhex("1234300000000000000000000001000800003a9800003a98"),
    ]


@through(EVERY)
def test_MS08_queries(way: Way) -> None:
    """Malformed queries get FORMERR or nothing, and go nowhere (RFC 1035 section 7.3, RFC 9267)."""
    before = len(way.role.server.log)
    for sent in vectors():
        got = way.ask(sent)
        assert got.id == 0x1234
        assert got.flags & 15 == (NOTIMP if sent[2] & 0x78 else FORMERR), sent.hex()
    legal = labels(*([b"z" * 62] * 3), b"z" * 63, b"")[:-1]
    assert len(legal) == 254
    longest = labels(b"ok", *([b"z" * 62] * 3), b"z" * 61)
    assert len(longest) == 255
    assert way.ask(query(longest)).answer == [RIGHT]
    assert len(way.role.server.log) <= before + 1


@through(EVERY)
def test_MS08_trailing(way: Way, token: str) -> None:
    """Octets behind a query's end, such as the rest of a buffer, change nothing, and go nowhere."""
    for number, opt in enumerate((b"", optrr())):
        for behind in (b"junk", bytes(400)):
            got = way.ask(query(f"ok.{number}.{token}.t", opt=opt) + behind)
            assert (got.rcode, got.answer, got.opt is not None) == (0, [RIGHT], bool(opt))
    assert all(len(logged.wire) < 200 and b"junk" not in logged.wire for logged in way.seen(token))


@through(["P-tls", "Pu-tls", "A-udp", "F-tls", "Fu-udp"])
def test_MS08_trailingReplies(way: Way, token: str) -> None:
    """Octets behind a reply's end, also an OPT that ARCOUNT does not count, are left out."""
    for label in ("behind", "behindopt"):
        for opt in (optrr(), b"", optrr()):
            got = way.ask(query(f"{label}.{token}.t", opt=opt))
            assert (got.rcode, got.answer, b"junk" in got.wire) == (0, [RIGHT], False)
            assert (got.opt is not None, got.codes.count(EDE)) == (bool(opt), 0)


@through(DATAGRAMS)
def test_MS08_short(way: Way) -> None:
    """Less than a header is dropped."""
    with datagrams(way.port()) as one:
        for size in range(1, 12):
            one.send(bytes.fromhex("1234010000010000000000")[:size])
        one.send(query("ok.sentinel.t", id=0x5555))
        assert Message(one.recv(4096)).id == 0x5555


@through(STREAMS)
def test_MS08_pointers(way: Way, token: str) -> None:
    """Sixty thousand octets of pointers to pointers cost about what their octets cost."""
    count, asks = 5000, question(f"ok.{token}.t")
    start = 12 + len(asks)
    owners = (start + 12 * (min(n, 1300) - 1) if n else 12 for n in range(count))
    chain = b"".join(struct.pack("!HHHIH", 0xC000 | owner, 65280, 1, 0, 0) for owner in owners)
    chain = chain[:-1] + b"\1"
    wire = query(f"ok.{token}.t")[:10] + struct.pack("!H", count) + asks + chain
    assert way.role.daemon
    before = processorTime(way.role.daemon)
    with way.stream() as stream:
        for number in range(50):
            stream.send(wire + bytes([number]))
            assert stream.receive()[0].rcode in {0, FORMERR}
    assert processorTime(way.role.daemon) - before < 2.0
    assert way.ask(query("ok.sentinel.t")).answer == [RIGHT]


@pytest.mark.parametrize("what", MALFORMED)
@through(["P-tls", "Pu-tls", "A-udp", "F-tls", "Fu-udp"])
def test_MS08_replies(way: Way, token: str, what: str) -> None:
    """Malformed replies become SERVFAIL and are never kept."""
    for count in (1, 2):
        got = way.ask(query(f"bad{what}.{token}.t", opt=optrr()))
        assert (got.rcode, got.answer) == (SERVFAIL, [])
        assert len(way.seen(token)) >= count
    assert way.role.daemon
    assert "Traceback" not in way.role.daemon.said()


@pytest.mark.parametrize("type", [33, 64, 65, 257, 65280, 65534])
@through(["P-tls", "A-udp", "A-tcp", "F-tls"])
def test_MS10(way: Way, token: str, type: int) -> None:
    """Unknown types and classes pass, their data untouched, out of the cache too (RFC 3597 section 3)."""
    data = [b"\xc0\x0c\x00\xff", b"\0\1\0\0\0\1\0\3\2h2", b"\0\1\0\2\0\x35\3WwW\2Ok\0", b""]
    for dnsClass in (1, 3, 4, 254, 255, 4096):
        for _ in range(2):
            got = way.ask(query(f"rdata.{token}.t", type, dnsClass))
            assert got.rcode == 0
            assert got.answer == data
            assert {(record.type, record.dnsClass) for record in got.rest} == {(type, dnsClass)}
    assert way.ask(query(b"\7version\4bind\0", 16, 3)).rcode == 0


@through(CACHED)
def test_MS10_types(way: Way, token: str) -> None:
    """Types that differ in one bit of case are different questions."""
    for kind in (65, 97):
        assert way.ask(query(f"rdata.{token}.t", kind)).rest[0].type == kind
    assert len(way.seen(token)) == 2
