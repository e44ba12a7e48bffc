"""UD, ED, PK: sizes, EDNS and its options on each hop."""

from __future__ import annotations

import pytest

from .message import (
    BADVERS,
    CD,
    ECS,
    FORMERR,
    KEEPALIVE,
    NXDOMAIN,
    PADDING,
    RD,
    REFUSED,
    SERVFAIL,
    TC,
    TXT,
    Message,
    eopt,
    lacking,
    optrr,
    query,
    question,
)
from .replies import RIGHT
from .roles import CLEAR, DATAGRAMS, DEAD, DENIED, ENCRYPTED, EVERY, Way, through

ROOMS = [
    (523, None, True),
    (524, None, False),
    *((512, size, True) for size in (0, 100, 512)),
    *((513, size, False) for size in (0, 100, 512)),
    *((size, 1232, size <= 1232) for size in range(1225, 1241)),
    (1500, 4096, False),
]
"""Size of the upstream's reply, the size that the client takes (None: no OPT), whether it fits."""


@through(["A-udp", "F-udp", "Fu-udp"])
def test_UD01(way: Way, token: str) -> None:
    """The limit is the client's size, at least 512, and our own, OPT and all (RFC 6891 section 6.2.5)."""
    for number, (size, taken, fits) in enumerate(ROOMS):
        opt = b"" if taken is None else optrr(size=taken)
        got = way.ask(query(f"size{size}.{number:02}.{token}.t", TXT, opt=opt))
        assert bool(got.flags & TC) is not fits, (size, taken)
        assert len(got.wire) <= max(512, taken or 0)
        if fits:
            assert len(got.wire) == (size if opt else size - 11)
    assert way.ask(query(f"bare1225.{token}.t", TXT, opt=optrr())).flags & TC
    assert not way.ask(query(f"bare1221.{token}.t", TXT, opt=optrr())).flags & TC


@through(DATAGRAMS)
def test_UD02_compressed(way: Way, token: str) -> None:
    """What is too large as the upstream wrote it is compressed before anything is left out."""
    name = f"loose8.{'x' * 40}.{token}.t"
    for sent in (query(name), query(name.upper()), query(name, opt=optrr(size=512))):
        got = way.ask(sent)
        size = 12 + len(question(name)) + 8 * 16 + (11 if got.opt else 0)
        # Of a name in another case nothing but the end can be a pointer to the question.
        assert size <= len(got.wire) < size + len(question(name))
        assert (len(got.answer), got.flags & TC) == (8, 0)
        assert {record.owner.lower() for record in got.rest} == {question(name)[:-4]}


@through(DATAGRAMS)
@pytest.mark.parametrize("opt", [b"", optrr(), optrr(do=True)], ids=["none", "opt", "do"])
def test_UD02(way: Way, token: str, opt: bytes) -> None:
    """What is truncated is header, question and OPT, and whole (RFC 6891 section 7, RFC 2181 section 9)."""
    for label, kind, rcode in (("size3000", TXT, 0), ("bignx3000", TXT, NXDOMAIN)):
        for flags in (RD, RD | CD, 0):
            sent = query(f"{label}.wWw.{token}.T", kind, opt=opt, flags=flags)
            got = way.ask(sent)
            assert got.flags & TC
            assert got.rest == []
            assert (got.opt is not None, got.do) == (bool(opt), opt == optrr(do=True))
            assert (got.id, got.question) == (Message(sent).id, Message(sent).question)
            assert (got.rcode, got.flags & (RD | CD)) == (rcode, flags)


@pytest.mark.parametrize("role", ["A", "F"])
def test_UD04(role: str, ways: dict[str, Way], token: str) -> None:
    """TC over UDP, then all of it over TCP, and one question upstream in all (RFC 7766 section 5)."""
    wire = query(f"size3000.{token}.t", TXT, opt=optrr())
    assert ways[f"{role}-udp"].ask(wire).flags & TC
    for transport in ("tcp", "tls"):
        if (way := ways.get(f"{role}-{transport}")) is not None:
            got = way.ask(wire)
            assert (len(got.wire), got.flags & TC) == (3000, 0)
    assert ways[f"{role}-udp"].ask(query(f"size3000.{token}.t", TXT, opt=optrr(size=4096))).flags & TC
    assert len(ways[f"{role}-udp"].seen(token)) == 1


@through(EVERY)
def test_ED01(way: Way, token: str) -> None:
    """An OPT in the response if and only if there was one in the query (RFC 6891 section 6.1.1)."""
    for number, pair in enumerate(([optrr(), b""], [b"", optrr()])):
        for opt in pair:
            for label, rcode, entrance in (
                ("ok", 0, ""),
                ("ok", 0, ""),
                ("rc2", SERVFAIL, ""),
                ("rc5", REFUSED, ""),
                ("ok", REFUSED, DENIED),
                ("ok", SERVFAIL, DEAD),
                ("size3000", 0, ""),
                ("ex.invalid", 0, ""),
            ):
                got = way.ask(query(f"{label}.{number}.{token}.t", TXT, opt=opt), entrance)
                assert (got.rcode, got.opt is not None) == (rcode, bool(opt)), label
    got = way.ask(query(f"ok.{token}.t", opt=optrr(version=1)))
    assert got.rcode == BADVERS
    assert got.opt is not None
    for opt, has in ((optrr(), True), (b"", False)):
        got = way.ask(lacking(query(f"ok.{token}.t", opt=opt)))
        assert (got.rcode, got.opt is not None) == (FORMERR, has)


@pytest.mark.parametrize("rcode", [16, 23, 4095])
@through(["P-tls", "A-udp", "A-tcp", "F-tls", "Fu-udp"])
def test_ED07(way: Way, token: str, rcode: int) -> None:
    """An RCODE above 15 without OPT is SERVFAIL, and never kept as no data (RFC 6891 section 6.1.3)."""
    for _ in range(2):
        assert way.ask(query(f"rc{rcode}.{token}.t")).rcode == SERVFAIL
        assert way.ask(query(f"rc{rcode}.{token}.t", opt=optrr())).rcode == rcode


@through(["A-udp", "A-tcp", "F-udp", "F-tls", "Fu-udp", "P-tls"])
def test_ED14(way: Way, token: str) -> None:
    """What was tailored to one network is never given to another (RFC 7871 section 7.5)."""
    for name in (f"ecs.{token}.t", f"ecs.again.{token}.t"):
        for network in (bytes([192, 0, 2]), bytes([198, 51, 100]), None):
            opt = optrr() if network is None else optrr(eopt(ECS, b"\0\1\x18\0" + network))
            got = way.ask(query(name, opt=opt))
            assert got.answer == [RIGHT]
            assert ECS not in got.codes
    assert all(ECS not in Message(logged.wire).codes for logged in way.seen(token))


@through([*ENCRYPTED, "Pu-tls"])
def test_PK01(way: Way, token: str) -> None:
    """Who pads over TLS gets padded answers, errors too: blocks of 468 octets (RFC 8467 section 4.1)."""
    for _ in range(2):
        for label, version, entrance in (
            *((label, 0, "") for label in ("ok", "nx60", "nd60", "rc2", "rc5", "size460", "size470")),
            ("ok", 0, DEAD),
            ("ok", 0, DENIED),
            ("ok", 1, ""),
        ):
            opt = optrr(eopt(PADDING), version=version)
            got = way.ask(query(f"{label}.{token}.t", TXT, opt=opt), entrance)
            assert len(got.wire) % 468 == 0, (label, version, entrance)
            assert got.codes.count(PADDING) == 1
            assert got.codes[-1] == PADDING
            assert got.rcode == BADVERS or not version
    got = way.ask(lacking(query(f"ok.{token}.t", opt=optrr(eopt(PADDING)))))
    assert (got.rcode, len(got.wire) % 468) == (FORMERR, 0)


@through(["P-tls", "Pu-tls", "Fu-tls"])
def test_PK02_upstream(way: Way, token: str) -> None:
    """No Padding upstream in clear text (RFC 7830 section 6)."""
    way.ask(query(f"echo.{token}.t", TXT, opt=optrr(eopt(PADDING, bytes(60)))))
    assert [PADDING in Message(logged.wire).codes for logged in way.seen(token)] == [False]


@through(CLEAR)
def test_PK02_client(way: Way, token: str) -> None:
    """No Padding to clients in clear text, whoever padded before."""
    for _ in range(2):
        got = way.ask(query(f"padded.{token}.t", opt=optrr(eopt(PADDING, bytes(60)))))
        assert got.codes == []
        assert len(got.wire) == 12 + len(got.question) + 16 + 11


@through(["A-udp", "F-udp", "Fu-udp"])
def test_PK08_datagrams(way: Way, token: str) -> None:
    """Keepalive is nothing for UDP: ignored and never sent (RFC 7828 section 3.2.1)."""
    for label in ("ok", "alive"):
        for data in (b"", b"\x00\x64"):
            got = way.ask(query(f"{label}.{token}.t", opt=optrr(eopt(KEEPALIVE, data))))
            assert (got.answer, got.codes) == ([RIGHT], [])


@through(["Pu-tls", "Fu-tls", "Fu-udp", "Fu-tcp"])
def test_PK08_upstream(way: Way, token: str) -> None:
    """Nor does it go to an upstream over UDP, or come from an upstream to a client."""
    got = way.ask(query(f"alive.{token}.t", opt=optrr()))
    assert (got.answer, got.codes) == ([RIGHT], [])
    got = way.ask(query(f"echo.{token}.t", TXT, opt=optrr(eopt(KEEPALIVE))))
    for logged in way.seen(token):
        assert logged.transport == "udp"
        assert KEEPALIVE not in Message(logged.wire).codes
