"""TR, AS: what passes untouched, what is refused, and forged answers."""

from __future__ import annotations

import pytest

from .message import AXFR, IXFR, NOTIMP, PADDING, REFUSED, SOA, Message, eopt, optrr, query, rr, sign
from .misbehavior import AMISS
from .replies import RIGHT
from .roles import DENIED, EVERY, OVER_UDP, PATIENT, Way, through


@pytest.mark.parametrize("opt", [b"", optrr(do=True), optrr(eopt(PADDING, bytes(60)))])
@through(["P-tls", "Pu-tls", "A-udp", "A-tcp", "F-udp", "F-tls", "Fu-udp"])
def test_TR01(way: Way, token: str, opt: bytes) -> None:
    """A signed message passes octet for octet but for the ID, or is refused (RFC 8945 section 5.5)."""
    for label in ("ok", "signed"):
        sent = sign(query(f"{label}.WwW.{token}.T", opt=opt))
        for count in (1, 2):
            got = way.ask(sent)
            seen = way.seen(f"{label}\3www\6{token}")
            if got.rcode == REFUSED:
                assert not seen
                continue
            assert [logged.wire[2:] for logged in seen] == [sent[2:]] * count
            assert (got.id, got.question, got.answer) == (Message(sent).id, Message(sent).question, [RIGHT])
            assert (b"hmac-sha256" in got.wire) is (label == "signed")


@pytest.mark.parametrize("type", [AXFR, IXFR])
@through(EVERY)
def test_TR03(way: Way, token: str, type: int) -> None:
    """A transfer comes whole or is refused once, and the stream goes on (RFC 5936 section 2.2)."""
    wire = query(f"ok.{token}.t", type)
    if type == IXFR:
        wire = wire[:8] + b"\0\1" + wire[10:] + rr(b"\xc0\x0c", SOA, bytes(22))
    if way.datagrams:
        assert way.ask(wire).rcode in {REFUSED, NOTIMP}
    else:
        with way.stream() as stream:
            stream.send(wire)
            assert stream.receive()[0].rcode in {REFUSED, NOTIMP}
            assert stream.ask(query("ok.sentinel.t")).answer == [RIGHT]
    assert not way.seen(token)


@through(OVER_UDP)
def test_AS02(way: Way, token: str) -> None:
    """Fifty forged answers harm nobody: the wait goes on, and none is kept (RFC 5452 section 9.1)."""
    for _ in range(2):
        assert way.ask(query(f"forge.{token}.t")).answer == [RIGHT]
    before = len(way.seen(token))
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]
    assert len(way.seen(token)) == before + 1


@pytest.mark.parametrize("what", AMISS)
@through(["P-tls", "A-udp", "F-tls"])
def test_UP03(way: Way, token: str, what: str) -> None:
    """Responses on streams must fit, too: ID, QR, opcode and question (RFC 7766 section 7)."""
    for _ in range(2):
        assert way.ask(query(f"wrong{what}.{token}.t")).answer == [RIGHT]
    before = len(way.seen(token))
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]
    assert len(way.seen(token)) == before + 1


@through([*OVER_UDP, "P-tls"])
def test_UP13(way: Way, token: str) -> None:
    """TC=1 of an upstream is asked again over TCP, and passed to nobody (RFC 2181 section 9)."""
    for label, kind in (("tc", 1), ("size3000", 16)):
        got = way.ask(query(f"{label}.{token}.t", kind, opt=optrr()))
        cut = way.datagrams and label == "size3000"
        assert (bool(got.flags & 0x0200), bool(got.answer)) == (cut, not cut)
        transports = [logged.transport for logged in way.seen(f"{label}\6{token}")]
        assert transports == (["tcp"] if way.role.out == "tcp" else ["udp", "tcp"])


@through(OVER_UDP)
def test_UP13_noTCP(way: Way, token: str) -> None:
    """Where TCP fails, too, it's SERVFAIL and no half an answer, and no harm to other names."""
    got = way.ask(query(f"tcdead.{token}.t"), PATIENT)
    assert (got.rcode, got.answer, got.flags & 0x0200) == (2, [], 0)
    assert way.ask(query(f"tc.{token}.t"), PATIENT).answer == [RIGHT]


@through([*EVERY, *OVER_UDP])
def test_AS05(way: Way, token: str) -> None:
    """Who may not ask gets REFUSED, also for what is kept, and nobody is asked (RFC 5358)."""
    way.ask(query(f"ok.{token}.t"))
    before = len(way.seen(token))
    for name in (f"ok.{token}.t", f"ok.other.{token}.t"):
        for opt in (b"", optrr()):
            wire = query(name, opt=opt)
            got = way.ask(wire, DENIED)
            assert (got.rcode, got.rest) == (REFUSED, [])
            errors = [data for code, data in got.options if code == 15]
            assert [data[:2] for data in errors] == ([b"\0\x12"] if opt else [])
            assert len(got.wire) <= len(wire) + sum(4 + len(data) for data in errors)
    assert len(way.seen(token)) == before
