"""ED: the OPT record and its options, made anew on each hop."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..interop.conftest import Credentials
from ..interop.ports import HOST
from ..interop.server import Server, serverSide
from .message import (
    BADVERS,
    CHAIN,
    COOKIE,
    DAU,
    ECS,
    EDE,
    FORMERR,
    KEEPALIVE,
    MQTYPE,
    NS,
    NSID,
    PADDING,
    TC,
    TXT,
    Message,
    eopt,
    optrr,
    query,
    sign,
    wireName,
)
from .replies import RIGHT, byLabel
from .roles import EVERY, Way, through
from .rows import Row, running

SOME = ["P-tls", "A-udp", "A-tcp", "F-tls", "Fu-udp"]
ROLES = ["P-tls", "A-udp", "F-udp"]


@through(EVERY)
def test_ED02(way: Way, token: str) -> None:
    """More than one OPT is FORMERR, with an OPT, and goes nowhere (RFC 6891 section 6.1.1)."""
    wire = query(f"ok.{token}.t", opt=optrr())
    for more in (optrr(), optrr(size=4096, do=True)):
        for sent in (wire, sign(wire)):
            count = int.from_bytes(sent[10:12], "big") + 1
            got = way.ask(sent[:10] + count.to_bytes(2, "big") + sent[12:] + more)
            assert (got.rcode, got.opt is not None, got.answer) == (FORMERR, True, [])
    assert not way.seen(token)


@through(EVERY)
def test_ED03(way: Way, token: str) -> None:
    """A version that is not 0 gets BADVERS with version 0, for what is kept, too (RFC 6891 section 6.1.3)."""
    way.ask(query(f"ok.{token}.t", opt=optrr()))
    before = len(way.seen(token))
    for version in (1, 255):
        for options, flags in ((b"", 0), (eopt(65001, b"x") + eopt(100), 0x7FFF)):
            got = way.ask(query(f"ok.{token}.t", opt=optrr(options, version=version, flags=flags)))
            assert got.opt is not None
            assert (got.rcode, got.answer, got.opt.ttl >> 16 & 255) == (BADVERS, [], 0)
    assert len(way.seen(token)) == before


@through(EVERY)
def test_ED04(way: Way, token: str) -> None:
    """Unknown options are ignored: no error, no echo, nothing upstream (RFC 6891 section 6.1.2)."""
    opt = optrr(eopt(100), eopt(65001, b"x" * 8), eopt(65535, bytes(300)), eopt(100))
    for _ in range(2):
        got = way.ask(query(f"ok.{token}.t", opt=opt))
        assert (got.rcode, got.answer, got.codes) == (0, [RIGHT], [])
    for logged in way.seen(token):
        assert not {100, 65001, 65535} & set(Message(logged.wire).codes)


@through(ROLES)
def test_ED05(way: Way, token: str) -> None:
    """Unknown flags neither come back nor go upstream, CO among them (RFC 6891 section 6.1.4)."""
    for flags in (0, 0x4000, 0x7FFF, 0xFFFF):
        got = way.ask(query(f"compact.{token}.t", opt=optrr(flags=flags)))
        assert got.opt is not None
        assert (got.rcode, got.opt.ttl & 0xFFFF) == (0, flags & 0x8000)
    for logged in way.seen(token):
        opt = Message(logged.wire).opt
        assert opt is not None
        assert opt.ttl & 0x7FFF == 0


@through(EVERY)
def test_ED06(way: Way, token: str) -> None:
    """A broken OPT, and one that is not owned by the root or stands elsewhere, is FORMERR."""
    whole = optrr(eopt(COOKIE, bytes(8)))
    wire = query(f"ok.{token}.t", opt=whole)
    stray = whole[:9] + (15).to_bytes(2, "big") + whole[11:] + b"abc"
    for sent, hasOpt in (
        (wire[:-3], False),
        (query(f"ok.{token}.t", opt=whole[:9] + (14).to_bytes(2, "big") + whole[11:] + b"ab"), True),
        (query(f"ok.{token}.t", opt=stray), True),
        (query(f"ok.{token}.t", opt=b"\1a" + optrr()), False),
        (wire[:6] + b"\0\1" + wire[8:10] + b"\0\0" + wire[12:], False),
    ):
        got = way.ask(sent)
        assert (got.rcode, got.answer) == (FORMERR, [])
        assert got.opt is not None or not hasOpt
    assert not way.seen(token)


@through(SOME)
def test_ED08(way: Way, token: str) -> None:
    """Our OPT is ours: size and options of others stay on their hop (RFC 6891 section 6.2.6)."""
    sizes = set()
    for label in ("ok", "talk", "bare100"):
        for size in (0, 512, 4096, 65535):
            got = way.ask(query(f"{label}.{size}.{token}.t", opt=optrr(size=size)))
            assert got.opt is not None
            sizes.add(got.opt.dnsClass)
            assert got.codes == []
        assert way.ask(query(f"{label}.{token}.t")).opt is None
    sent = {Message(logged.wire).opt.dnsClass for logged in way.seen(token)}  # type: ignore[union-attr]
    assert sizes == sent == {1232}


@through(SOME)
def test_ED09(way: Way, token: str) -> None:
    """What concerns one hop only goes neither way: NSID, EXPIRE, ZONEVERSION, Report-Channel."""
    opt = optrr(*(eopt(code) for code in (NSID, 9, 18, 19)))
    for label in ("ok", "talk"):
        got = way.ask(query(f"{label}.{token}.t", opt=opt))
        assert (got.answer, got.codes) == ([RIGHT], [])
    for logged in way.seen(token):
        assert not {NSID, 9, 18, 19} & set(Message(logged.wire).codes)


@through(["A-udp", "A-tcp", "F-tls", "Fu-udp"])
def test_ED10(way: Way, token: str) -> None:
    """What a validator tells of itself is copied, never comes back, and parts no answers (RFC 6975)."""
    told = [(DAU, b"\x08\x0d"), (6, b"\1\2"), (7, b"\1"), (14, b"\x4f\x66")]
    opt = optrr(*(eopt(*each) for each in told), do=True)
    got = way.ask(query(f"ok.{token}.t", opt=opt))
    assert (got.answer, got.codes) == ([RIGHT], [])
    (logged,) = way.seen(token)
    assert [each for each in Message(logged.wire).options if each[0] not in {KEEPALIVE, PADDING}] == told
    assert way.ask(query(f"ok.{token}.t", opt=optrr(do=True))).answer == [RIGHT]
    assert len(way.seen(token)) == 1


@through(SOME)
def test_ED11(way: Way, token: str) -> None:
    """Cookies bind two addresses: none goes upstream, none of the upstream's comes back (RFC 7873)."""
    for cookie in (secrets.token_bytes(8), secrets.token_bytes(24)):
        got = way.ask(query(f"talk.{token}.t", opt=optrr(eopt(COOKIE, cookie))))
        assert got.answer == [RIGHT]
        assert [data[:8] for code, data in got.options if code == COOKIE] == [cookie[:8]] * way.datagrams
        assert bytes(24) not in [data for _, data in got.options]
    assert all(COOKIE not in Message(logged.wire).codes for logged in way.seen(token))


@through(["A-udp", "F-udp", "Fu-udp"])
def test_ED12(way: Way, token: str) -> None:
    """Legal lengths only, the first cookie counts, and each client gets his own (RFC 7873 section 5.2)."""
    for length in (0, 1, 7, 9, 15, 41, 60):
        got = way.ask(query(f"ok.{token}.t", opt=optrr(eopt(COOKIE, bytes(length)))))
        assert (got.rcode, got.answer) == (FORMERR, [])
    client = secrets.token_bytes(8)
    for sent in ([client], [client, bytes(7)], [client + bytes(8)], [client + bytes(32)]):
        opt = optrr(*(eopt(COOKIE, each) for each in sent))
        for _ in range(2):
            got = way.ask(query(f"ok.{token}.t", opt=opt))
            ((code, data),) = got.options
            assert (got.answer, code, data[:8], len(data)) == ([RIGHT], COOKIE, client, 24)
            again = way.ask(query(f"ok.{token}.t", opt=optrr(eopt(COOKIE, data))))
            assert again.options == [(COOKIE, data)]
    for label in ("rc2", "rc5", "size3000"):
        got = way.ask(query(f"{label}.{token}.t", TXT, opt=optrr(eopt(COOKIE, client))))
        assert [data[:8] for code, data in got.options] == [client]
    assert way.ask(query(f"ok.{token}.t", opt=optrr())).codes == []


@through(SOME)
def test_ED13(way: Way, token: str) -> None:
    """No octet of a client's network goes upstream; length 0 is honoured (RFC 7871 section 7.1.2)."""
    for subnet in (b"\0\1\x18\0\xc0\0\2", b"\0\1\0\0", b"\0\0\0\0"):
        got = way.ask(query(f"ok.{token}.t", opt=optrr(eopt(ECS, subnet))))
        assert (got.rcode, got.answer, got.codes) == (0, [RIGHT], [])
    assert all(ECS not in Message(logged.wire).codes for logged in way.seen(token))


@pytest.mark.parametrize("rcode", [0, 2, 3])
@through(SOME)
def test_ED16(way: Way, token: str, rcode: int) -> None:
    """Extended errors reach those who sent an OPT, all of them, and change no RCODE (RFC 8914 section 3)."""
    got = way.ask(query(f"why{rcode}.{token}.t", opt=optrr()))
    assert (got.rcode, got.options) == (rcode, [(EDE, b"\0\x06bogus"), (EDE, b"\0\x09")])
    got = way.ask(query(f"why{rcode}.{token}.t"))
    assert (got.rcode, got.opt) == (rcode, None)


@through(SOME)
def test_ED17(way: Way, token: str) -> None:
    """Options that would change the answer itself are dropped before they can (RFC 7901, RFC 10029)."""
    for opt in (optrr(eopt(MQTYPE, b"\0\x1c\0\x41")), optrr(eopt(CHAIN, b"\0")), b""):
        got = way.ask(query(f"multi.{token}.t", opt=opt))
        assert (got.types, got.codes) == ({1}, [])


@pytest.fixture(scope="module")
def unknowing(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[dict[str, Way]]:
    """dotchain before servers that know no EDNS."""
    script = byLabel({})
    rows = {
        "udp": Row(Server(script, udp=True), f"address = udp://{HOST}:PORT"),
        "tcp": Row(Server(script), f"address = tcp://{HOST}:PORT", True),
        "tls": Row(
            Server(script, serverSide(credentials.files)),
            f"address = tls://{HOST}:PORT\npin-sha256 = {credentials.server.pin}",
            path="cache coalesce",
        ),
    }
    with running(tmp_path_factory.mktemp("unknowing"), rows, credentials) as ways:
        yield ways


@pytest.mark.parametrize("name", ["udp", "tcp", "tls"])
def test_ED18(name: str, unknowing: dict[str, Way], token: str) -> None:
    """FORMERR or NOTIMP without OPT: once more without EDNS, unless DO is set (RFC 6891 section 6.2.2)."""
    way = unknowing[name]
    for rcode in (1, 4):
        got = way.ask(query(f"noedns{rcode}.do.{token}.t", opt=optrr(do=True)))
        assert (got.rcode, got.answer, got.opt is not None) == (rcode, [], True)
    assert len(way.seen(token)) == 2
    for rcode, count in ((1, 2), (4, 1)):
        got = way.ask(query(f"noedns{rcode}.plain.{token}.t", opt=optrr()))
        assert (got.rcode, got.answer, got.opt is not None) == (0, [RIGHT], True)
        seen = [Message(logged.wire).opt is None for logged in way.seen(f"noedns{rcode}\5plain\6{token}")]
        assert seen == [False, True][-count:]


@through(SOME)
def test_ED08_anywhere(way: Way, token: str) -> None:
    """An OPT may stand before other additional records: a referral keeps its addresses (RFC 9471)."""
    for opt in (optrr(), b"", optrr()):
        got = way.ask(query(f"before.{token}.t", NS, opt=opt))
        records = [record for record in got.rest if record.section == 2]
        assert [record.data for record in records] == [RIGHT] * 3
        below = wireName(f"ns.before.{token}.t")
        assert [record.owner for record in records] == [below, b"\2v6" + below, b"\2v6" + below]
        assert (got.flags & TC, got.opt is not None) == (0, bool(opt))


@through(SOME)
def test_ED18_known(way: Way, token: str) -> None:
    """FORMERR with an OPT is about something else, and passed on."""
    got = way.ask(query(f"formerr.{token}.t", opt=optrr()))
    assert (got.rcode, len(way.seen(token))) == (FORMERR, 1)


@pytest.mark.parametrize("chosen", ["yes", "no"])
def test_ED13_election(chosen: str, tmp_path: Path, token: str, credentials: Credentials) -> None:
    """With ecs-private the upstream is asked to tell nobody of any client (RFC 8310 section 11.1)."""
    server = Server(byLabel({}), serverSide(credentials.files))
    keys = f"address = tls://{HOST}:PORT\npin-sha256 = {credentials.server.pin}\necs-private = {chosen}"
    with running(tmp_path, {"one": Row(server, keys, path="cache")}, credentials) as ways:
        for opt in (b"", optrr(), optrr(eopt(ECS, b"\0\1\x18\0\xc0\0\2"))):
            got = ways["one"].ask(query(f"ecs.{len(opt)}.{token}.t", opt=opt))
            assert got.codes == []
        sent = [dict(Message(logged.wire).options).get(ECS) for logged in ways["one"].seen(token)]
    assert sent == [b"\0\1\0\0" if chosen == "yes" else None] * 3
