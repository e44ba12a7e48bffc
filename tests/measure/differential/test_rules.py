"""The comparison itself: it finds what is wrong, and its rules are those of the documentation."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

import pytest

from measure.differential.exchange import Exchange, Reply, TransportPath
from measure.differential.queries import Case, Queries
from measure.differential.rules import NOT_PASSED_ON, RULES
from measure.differential.run import Tally, explain

from ...conformance.message import Message, labels, optrr, query, question, rr

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "transparency.rst"
_ASKED = question(labels(b"WwW", b"test"))
_FIRST, _SECOND = rr(b"\xc0\x0c", 1, bytes(4)), rr(b"\xc0\x0c", 1, b"\1\1\1\1")
_OTHER = rr(b"\0", 2, b"\2ns\0")


def _reply(
    answer: tuple[bytes, ...] = (_FIRST, _SECOND),
    authority: tuple[bytes, ...] = (_OTHER,),
    *,
    flags: int = 0x8500,
    asked: bytes = _ASKED,
    opt: bytes = optrr(),
) -> Reply:
    counts = struct.pack("!HHHH", 1, len(answer), len(authority), bool(opt))
    records = b"".join((*answer, *authority))
    return Reply(b"\0\1" + struct.pack("!H", flags) + counts + asked + records + opt)


def _exchange(through: Reply, path: TransportPath, direct: Reply | None = None) -> Exchange:
    wire = query(labels(b"WwW", b"test"), opt=optrr())
    direct = direct or _reply(opt=optrr(size=4096))
    return Exchange(Case(wire[2:]), Message(wire), path, direct, direct, through, 5.0)


_PATHS = [
    TransportPath(f"{transport} {out}", transport, out)
    for transport in ("udp", "tls")
    for out in ("udp", "tcp")
]
_WRONG = {
    "aa": _reply(flags=0x8100),
    "rd": _reply(flags=0x8400),
    "tc": _reply(flags=0x8700),
    "ad": _reply(flags=0x8520),
    "rcode": _reply(flags=0x8503),
    "question": _reply(asked=_ASKED.lower()),
    "order": _reply((_SECOND, _FIRST)),
    "record less": _reply((_FIRST,)),
    "record more": _reply((_FIRST, _SECOND, _SECOND)),
    "data": _reply((_FIRST, rr(b"\xc0\x0c", 1, b"\1\1\1\2"))),
    "ttl": _reply((_FIRST, rr(b"\xc0\x0c", 1, b"\1\1\1\1", 299))),
    "owner": _reply((_FIRST, rr(labels(b"www", b"test"), 1, b"\1\1\1\1"))),
    "section": _reply(authority=()),
    "size": _reply(opt=optrr(size=1400)),
    "no opt": _reply(opt=b""),
    "do": _reply(opt=optrr(do=True)),
    "option": _reply(opt=optrr(b"\0\x0a\0\x08" + bytes(8))),
    "error": _reply(opt=optrr(b"\0\x0f\0\2\0\x16")),
}


@pytest.mark.parametrize("what", _WRONG)
@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.name)
def test_wrong(what: str, path: TransportPath) -> None:
    """Whatever is wrong with a reply is found, over every path without a cache."""
    _, left = explain(_exchange(_WRONG[what], path))
    assert left


@pytest.mark.parametrize("what", sorted(set(_WRONG) - {"aa", "owner"}))
def test_wrongFromCache(what: str) -> None:
    """A cache explains no more than AA, letter case of owners and lower TTLs that are all alike."""
    _, left = explain(_exchange(_WRONG[what], TransportPath("cached", "tcp", "tcp", True)))
    assert left or what == "ttl"


def test_cache() -> None:
    """TTLs of cached answers are neither above the direct ones nor lower than time makes them."""
    cached = TransportPath("cached", "tcp", "tcp", True)
    for ttl, right in ((300, True), (296, True), (293, False), (301, False)):
        aged = tuple(rr(b"\xc0\x0c", 1, data, ttl) for data in (bytes(4), b"\1\1\1\1"))
        through = _reply(aged, (rr(b"\0", 2, b"\2ns\0", ttl),), flags=0x8100)
        assert (explain(_exchange(through, cached))[1] == []) is right


def test_right() -> None:
    """The OPT record of dotchain is a difference that has its rule."""
    tally = Tally()
    tally.add(_exchange(_reply(), _PATHS[0]), None)
    assert (tally.rules, tally.faults) == ({"The OPT record": 1}, [])
    tally.add(_exchange(_reply(), _PATHS[0], _reply()), None)
    assert tally.equal == 1


def test_noReply() -> None:
    """A query that dotchain doesn't answer is found."""
    exchange = _exchange(_reply(), _PATHS[0])
    exchange.through = None
    assert explain(exchange) == (set(), ["reply"])


def test_documented() -> None:
    """Every rule is a heading of the documentation."""
    lines = _PAGE.read_text().splitlines()
    headings = {line for line, under in pairwise(lines) if under and under == "." * len(line)}
    assert {rule.title for rule in RULES} | {NOT_PASSED_ON} == headings


def test_seed() -> None:
    """The same seed makes the same queries, another one others."""
    first, same, other = (list(Queries(seed).take(300)) for seed in (1, 1, 2))
    assert first == same
    assert first != other
