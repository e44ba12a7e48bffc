"""NG, DS07: what is not there, what failed, and what is over, as the cache keeps it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ..interop.asked import Asked
from ..interop.conftest import Credentials
from ..interop.ports import HOST
from ..interop.server import Server
from .message import AAAA, AD, CD, CNAME, EDE, NXDOMAIN, RA, RD, SERVFAIL, TXT, Message, optrr, query
from .replies import RIGHT, address, byLabel, reply, soa
from .roles import CACHED, Meanwhile, Way, slowly, through
from .rows import Row, running


@through(CACHED)
def test_NG02(way: Way, token: str) -> None:
    """No data is about one type, and never answers another (RFC 2308 section 5)."""
    for kind in (1, AAAA, TXT):
        got = way.ask(query(f"nd60.{token}.t", kind))
        assert (got.rcode, got.answer) == (0, [])
    assert len(way.seen(f"nd60\6{token}")) == 3
    for kind in (1, AAAA):
        assert way.ask(query(f"nx60.{token}.t", kind)).rcode == NXDOMAIN


@through(CACHED)
def test_NG03(way: Way, token: str) -> None:
    """NXDOMAIN behind an alias is about what it leads to, and not about the alias (RFC 2308 section 2.1)."""
    assert way.ask(query(f"gone.{token}.t")).rcode == NXDOMAIN
    got = way.ask(query(f"gone.{token}.t", CNAME))
    assert (got.rcode, len(got.answer)) == (0, 1)
    assert way.ask(query(f"gone.{token}.t", TXT)).rcode == NXDOMAIN
    assert way.ask(query(f"ok.gone.{token}.t")).answer == [RIGHT]
    assert len(way.seen(token)) == 4


@pytest.mark.parametrize("label", ["denied", "referral"])
@through(CACHED)
def test_NG04(way: Way, token: str, label: str) -> None:
    """What is negative without SOA is asked for anew each time (RFC 2308 section 5)."""
    for count in (1, 2, 3):
        way.ask(query(f"{label}.{token}.t"))
        assert len(way.seen(token)) == count


@slowly(CACHED)
def failing(way: Way) -> tuple[list[Message], list[int]]:
    """Ask for what fails twenty times at once, with CD, and later again; how often it was asked for."""
    token, counts = f"fails{way.role.name}{way.transport}".lower(), []
    got = [way.ask(query(f"rc2.{token}.t", opt=optrr())) for _ in range(20)]
    counts.append(len(way.seen(token)))
    way.ask(query(f"rc2.{token}.t", flags=RD | CD))
    counts.append(len(way.seen(token)))
    time.sleep(2.5)
    way.ask(query(f"rc2.{token}.t"))
    return got, [*counts, len(way.seen(token))]


@through(CACHED)
def test_NG05(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Failures are kept for a moment, by CD, too, and say so (RFC 9520 section 3.2)."""
    got, (first, checked, after) = meanwhile.outcome(failing, ways, CACHED, way.name)
    assert {each.rcode for each in got} == {SERVFAIL}
    assert first <= 2
    assert checked == first + 1
    assert after == checked + 1
    assert [data[:2] for _, data in got[-1].options] == [b"\0\x0d"]


@pytest.mark.parametrize("rcode", [1, 4, 5, 9, 16, 23])
@through(CACHED)
def test_NG05_others(way: Way, token: str, rcode: int) -> None:
    """REFUSED and the like are failures: who asks in a loop goes out once a second (RFC 9520 section 2)."""
    got = [way.ask(query(f"rc{rcode}.{token}.t", opt=optrr())) for _ in range(20)]
    assert {each.rcode for each in got} == {rcode}
    assert len(way.seen(token)) <= 2
    assert EDE in got[-1].codes


@pytest.mark.parametrize("rcode", [1, 4, 5])
@through(CACHED)
def test_NG05_bare(way: Way, token: str, rcode: int) -> None:
    """So are those that come without a question."""
    got = [way.ask(query(f"head{rcode}.{token}.t", opt=optrr())) for _ in range(20)]
    assert {each.rcode for each in got} == {rcode}
    assert len(way.seen(token)) <= 4


@through(CACHED)
def test_NG06(way: Way, token: str) -> None:
    """Below a name that is not there others may be, unless the operator says no (RFC 8020)."""
    assert way.ask(query(f"nx60.{token}.t")).rcode == NXDOMAIN
    assert way.ask(query(f"ok.nx60.{token}.t")).answer == [RIGHT]


@through(CACHED)
def test_DS07(way: Way, token: str) -> None:
    """Who does not validate makes no answers of proofs (RFC 4035 section 3.2.3, RFC 8198)."""
    for label in ("nx60", "nd60"):
        assert not way.ask(query(f"{label}.{token}.t", opt=optrr(do=True))).answer
    assert way.ask(query(f"ok.{token}.t", opt=optrr(do=True))).answer == [RIGHT]
    assert not way.ask(query("x.invalid", flags=RD | AD)).flags & AD


def fades(asked: Asked, _: int) -> None:
    """C{fades}: an address for a second, authenticated; then what the second label says."""
    question = Message(asked.wire).question
    count = sum(Message(logged.wire).question == question for logged in asked.server.log)
    if count == 1:
        asked.send(reply(asked, (address(ttl=1),), flags=0x8000 | RA | AD))
        return
    what = asked.labels[1]
    if what == b"denied":
        asked.send(reply(asked, (), (soa(300, 300),), rcode=NXDOMAIN))
    elif what == b"failing":
        asked.send(reply(asked, rcode=SERVFAIL))
    elif what == b"well":
        asked.send(reply(asked, (address(bytes([192, 0, 2, 9])),)))


@pytest.fixture(scope="module", autouse=True)
def kept(
    tmp_path_factory: pytest.TempPathFactory, credentials: Credentials, meanwhile: Meanwhile
) -> Iterator[dict[str, Way]]:
    """A cache that gives old answers where there are no others, and one that denies whole trees."""
    stale = "[stage old]\nkind = cache\nstale = 1d"
    cut = "[stage cut]\nkind = cache\nnxdomain-cut = yes"
    keys = f"address = tcp://{HOST}:PORT\ntimeout = 4s"
    rows = {
        "stale": Row(Server(byLabel({"fades": fades})), keys, path="old", stages=stale),
        "cut": Row(Server(byLabel({})), keys, path="cut", stages=cut),
    }
    with running(tmp_path_factory.mktemp("kept"), rows, credentials) as ways:
        meanwhile.start(fading, ways, ["stale"])
        yield ways


def test_NG06_cut(kept: dict[str, Way]) -> None:
    """Where he does, nobody is asked for what is below (RFC 8020)."""
    way = kept["cut"]
    assert way.ask(query("nx60.t")).rcode == NXDOMAIN
    assert way.ask(query("ok.nx60.t")).rcode == NXDOMAIN
    assert way.ask(query("ok.below.gone.t")).answer == [RIGHT]
    assert way.ask(query("gone.t")).rcode == NXDOMAIN
    assert way.ask(query("ok.gone.t")).answer == [RIGHT]
    assert not way.seen("\2ok\4nx60")


FADING = ["silent", "failing", "denied", "well"]


def fading(way: Way) -> dict[str, tuple[Message, Message, float]]:
    """Ask, wait until the answers are over, ask again, and without RD; how long the second answer took."""
    for what in FADING:
        assert way.ask(query(f"fades.{what}.t", flags=RD | AD)).flags & AD
    time.sleep(2.2)
    found = {}
    for what in FADING:
        start = time.monotonic()
        got = way.ask(query(f"fades.{what}.t", flags=RD | AD, opt=optrr()))
        took = time.monotonic() - start
        found[what] = got, way.ask(query(f"fades.{what}.t", flags=RD, opt=optrr())), took
    return found


def test_NG07(kept: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Old answers are for when there is no other, and say what they are (RFC 8767 section 5)."""
    found = meanwhile.outcome(fading, kept, ["stale"], "stale")
    for what in ("silent", "failing"):
        for got in found[what][:2]:
            assert (got.answer, [record.ttl for record in got.rest]) == ([RIGHT], [30])
            assert b"\0\3" in [data[:2] for code, data in got.options if code == EDE]
    assert 1 < found["silent"][2] < 3.5
    assert found["failing"][2] < 1
    assert found["denied"][0].rcode == NXDOMAIN
    assert found["well"][0].answer == [bytes([192, 0, 2, 9])]


def test_NG08(kept: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Old answers are vouched for by nobody: AD is clear; without RD, with DO or CD there is none of them."""
    found = meanwhile.outcome(fading, kept, ["stale"], "stale")
    assert not found["failing"][0].flags & AD
    way = kept["stale"]
    for flags, opt in ((0, b""), (RD | CD, b""), (RD, optrr(do=True))):
        assert way.ask(query("fades.failing.t", flags=flags, opt=opt)).rcode == SERVFAIL
