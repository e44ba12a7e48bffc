"""PK, UD: padding and keepalive on streams, sizes and addresses of datagrams."""

from __future__ import annotations

import secrets

from .client import datagrams
from .message import KEEPALIVE, PADDING, TC, TXT, Message, eopt, labels, optrr, query
from .replies import RIGHT
from .roles import DATAGRAMS, ENCRYPTED, IDLE, PATIENT, STREAMS, Way, through


@through([*ENCRYPTED, "Pu-tls"])
def test_PK03(way: Way, token: str) -> None:
    """Who does not pad gets no padding (RFC 7830 section 4)."""
    for _ in range(2):
        assert way.ask(query(f"ok.{token}.t")).opt is None
        assert way.ask(query(f"ok.{token}.t", opt=optrr())).codes == []


@through(["A-udp", "A-tcp", "F-udp", "F-tls"])
def test_PK04(way: Way, token: str) -> None:
    """Queries over TLS are padded to 128 octets, whatever the client's are (RFC 8467 section 4.1)."""
    for length in (1, 20, 40, 63):
        for parts in (1, 2, 3):
            name = labels(*([b"x" * length] * parts), token.encode(), b"t")
            for opt in (b"", optrr(eopt(PADDING)), optrr(do=True)):
                way.ask(query(name, opt=opt))
    seen = way.seen(token)
    assert len(seen) >= 24
    for logged in seen:
        assert len(logged.wire) % 128 == 0
        assert Message(logged.wire).codes[-1] == PADDING


@through([*ENCRYPTED, "Pu-tls"])
def test_PK05(way: Way, token: str) -> None:
    """Blocks of 468 octets and no more than needed, filled with zeros (RFC 7830 section 3)."""
    for size in (*range(455, 475), *range(925, 945)):
        got = way.ask(query(f"size{size}.{token}.t", TXT, opt=optrr(eopt(PADDING))))
        assert len(got.wire) == -(-(size + 4) // 468) * 468
        assert not got.options[-1][1].strip(b"\0")


@through([*ENCRYPTED, "Pu-tls"])
def test_PK06(way: Way, token: str) -> None:
    """Padding never passes 65535 octets; the client's size for UDP is no limit on a stream."""
    for size in (65400, 65530, 65535):
        got = way.ask(query(f"size{size}.{token}.t", TXT, opt=optrr(eopt(PADDING))))
        assert (got.rcode, got.flags & TC, len(got.wire) <= 65535) == (0, 0, True)
        assert len(got.answer) == 1
    got = way.ask(query(f"size500.{token}.t", TXT, opt=optrr(eopt(PADDING), size=512)))
    assert len(got.wire) == 936


@through([*ENCRYPTED, "A-udp", "A-tcp"])
def test_PK07(way: Way, token: str) -> None:
    """Padding may hold anything, and come twice (RFC 7830 section 3)."""
    for options in (
        [eopt(PADDING, secrets.token_bytes(300))],
        [eopt(PADDING, bytes(5)), eopt(PADDING, b"x" * 7)],
    ):
        got = way.ask(query(f"ok.{token}.t", opt=optrr(*options)))
        assert (got.answer, got.codes) == ([RIGHT], [PADDING] * way.tls)


@through(["P-tls", "F-tls"])
def test_PK07_long(way: Way, token: str) -> None:
    """Sixty thousand octets of it as well."""
    got = way.ask(query(f"ok.{token}.t", opt=optrr(eopt(PADDING, bytes(60000)))))
    assert (got.answer, len(got.wire)) == ([RIGHT], 468)


@through(STREAMS)
def test_PK09(way: Way, token: str) -> None:
    """Who asks is told the timeout that holds, in tenths of seconds (RFC 7828 section 3.3.2)."""
    for entrance, tenths in (("", 20), (PATIENT, 100), (IDLE, 10)):
        for _ in range(2):
            got = way.ask(query(f"ok.{token}.t", opt=optrr(eopt(KEEPALIVE))), entrance)
            assert dict(got.options)[KEEPALIVE] == tenths.to_bytes(2, "big")
    assert way.ask(query(f"ok.{token}.t", opt=optrr())).codes == []


@through(STREAMS)
def test_PK10(way: Way, token: str) -> None:
    """The timeout is this hop's own; data in a client's option is ignored (RFC 7828 section 3.2.1)."""
    for label in ("alive", "ok"):
        for data in (b"", b"\x00\x05", b"x"):
            got = way.ask(query(f"{label}.{token}.t", opt=optrr(eopt(KEEPALIVE, data))))
            assert (got.answer, got.options) == ([RIGHT], [(KEEPALIVE, b"\x00\x14")])


@through(["A-udp", "F-udp", "Fu-udp"])
def test_UD03(way: Way, token: str) -> None:
    """Additional records go first, and silently (RFC 2181 section 9)."""
    for opt, count in ((b"", 30), (optrr(), 80)):
        got = way.ask(query(f"more{count}.{token}.t", opt=opt))
        assert (got.answer, got.flags & TC, got.counts) == ([RIGHT], 0, (1, 0, bool(opt)))
    assert len(way.ask(query(f"more5.{token}.t")).rest) == 6


@through(["A-udp", "F-udp"])
def test_UD06(way: Way, token: str) -> None:
    """A client's size is for its own answer alone, and goes nowhere (RFC 6891 section 6.2.3)."""
    assert not way.ask(query(f"size1000.{token}.t", TXT, opt=optrr(size=4096))).flags & TC
    assert way.ask(query(f"size1000.{token}.t", TXT)).flags & TC
    assert not way.ask(query(f"size1000.{token}.t", TXT, opt=optrr(size=65535))).flags & TC
    assert {Message(logged.wire).opt.dnsClass for logged in way.seen(token)} == {1232}  # type: ignore[union-attr]


@through(DATAGRAMS)
def test_UD07(way: Way, token: str) -> None:
    """Large queries are answered, and the same datagram again does no harm."""
    got = way.ask(query(f"ok.{token}.t", opt=optrr(eopt(65001, bytes(2900)))))
    assert got.answer == [RIGHT]
    wire = query(f"d300.{token}.t")
    with datagrams(way.port()) as one:
        for _ in range(3):
            one.send(wire)
        answers = {one.recv(4096)}
        one.settimeout(0.5)
        for _ in range(2):
            try:
                answers.add(one.recv(4096))
            except TimeoutError:
                break
    assert len(answers) == 1
    assert len(way.seen(f"d300\6{token}")) == 1
