"""UP04, AS07: responses of upstreams that are less than they should be, or more."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ..interop.conftest import Credentials
from ..interop.ports import HOST, freePort
from ..interop.server import Server
from .client import datagrams
from .message import FORMERR, NOTIMP, REFUSED, SERVFAIL, TXT, Message, optrr, query
from .replies import RIGHT, byLabel
from .roles import OVER_UDP, Meanwhile, Way, slowly, through
from .rows import Row, running

OVER_STREAMS = ["P-tls", "A-udp", "F-tls"]


HEADS = [*OVER_STREAMS, "Pu-tls", "Fu-udp"]


@pytest.mark.parametrize("rcode", [FORMERR, SERVFAIL, NOTIMP, REFUSED])
@through(HEADS)
def test_UP04(way: Way, token: str, rcode: int) -> None:
    """An error without its question is told by its ID, and gets the client's (RFC 7766 section 7)."""
    for opt in (optrr(), b""):
        sent = query(f"head{rcode}.WwW.{token}.t", opt=opt)
        got = way.ask(sent)
        assert (got.rcode, got.question, got.opt is not None) == (rcode, Message(sent).question, bool(opt))


@pytest.mark.parametrize("rcode", [FORMERR, SERVFAIL, NOTIMP, REFUSED])
@through(OVER_UDP)
def test_UP04_again(way: Way, token: str, rcode: int) -> None:
    """Over UDP it makes this query go once more, without EDNS (RFC 6891 section 6.2.2)."""
    got = way.ask(query(f"headonce{rcode}.{token}.t", opt=optrr()))
    assert (got.rcode, got.answer) == (0, [RIGHT])
    first, second = way.seen(token)
    assert [Message(each.wire).opt is None for each in (first, second)] == [False, True]
    assert first.wire[:2] != second.wire[:2]
    way.ask(query(f"ok.{token}.t", opt=optrr()))
    assert Message(way.seen(token)[-1].wire).opt is not None


@slowly(HEADS)
def nothing(way: Way) -> tuple[Message, Message]:
    """Ask what NOERROR without anything is said to, then what is answered."""
    tail = f"nothing.{way.role.name}{way.transport}.t"
    return way.ask(query(f"head0.{tail}")), way.ask(query(f"ok.{tail}"))


@through(HEADS)
def test_UP04_nothing(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """NOERROR without a question is no answer, and never "no such data" (RFC 5452 section 9.1)."""
    got, after = meanwhile.outcome(nothing, ways, HEADS, way.name)
    assert (got.rcode, got.questions) == (SERVFAIL, 1)
    assert after.answer == [RIGHT]


@through(OVER_UDP)
def test_AS07(way: Way, token: str) -> None:
    """Responses that come twice, and larger ones than were asked for, are taken once and whole."""
    wire = query(f"twice.{token}.t", opt=optrr())
    if way.datagrams:
        with datagrams(way.port()) as one:
            one.send(wire)
            assert Message(one.recv(4096)).answer == [RIGHT]
            one.settimeout(0.3)
            with pytest.raises(TimeoutError):
                one.recv(4096)
        return
    with way.stream() as stream:
        stream.send(wire, query(f"ok.{token}.t", id=7))
        assert [each.answer for each in stream.receive(2)] == [[RIGHT]] * 2
        got = stream.ask(query(f"huge4000.{token}.t", TXT, opt=optrr()))
        assert (got.rcode, len(got.wire)) == (0, 4000)


def test_AS07_refused(tmp_path: Path, token: str, credentials: Credentials) -> None:
    """A port that nobody listens on costs no wait: the next address is asked (RFC 1122 section 4.1.3.3)."""
    keys = f"address = udp://{HOST}:{freePort()} udp://{HOST}:PORT\ntimeout = 6s"
    rows = {"one": Row(Server(byLabel({}), udp=True), keys)}
    with running(tmp_path, rows, credentials) as ways:
        start = time.monotonic()
        assert ways["one"].ask(query(f"ok.{token}.t")).answer == [RIGHT]
        # A third of the time limit is what silence would have cost.
        assert time.monotonic() - start < 1.5
