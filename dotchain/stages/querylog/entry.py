"""One line of the log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop
from typing import TYPE_CHECKING, Any

import dns.rcode
import dns.rdataclass
import dns.rdatatype
from twisted.internet.defer import CancelledError

from ...api import AA, AAAA, AD, CD, DROP, RA, RD, TC, A, Answer, ResolveError
from ...contract.violations import bugAnswer
from ...match.names import nameText
from ...resolver import servfail

if TYPE_CHECKING:
    from ...node import Outcome
    from ...wire import Query

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode
_FLAGS = (("aa", AA), ("tc", TC), ("rd", RD), ("ra", RA), ("ad", AD), ("cd", CD))
_FAMILIES = {A: AF_INET, AAAA: AF_INET6}
# Addresses of an answer that are told.
_MOST = 8

DROPPED, CANCELLED = "DROP", "CANCELLED"
"""In the place of an RCODE, where there is no answer: a stage wanted none, or the front waits no more."""


def entry(query: Query, outcome: Outcome, at: float, took: float, client: str | None) -> dict[str, Any]:
    """
    What is told of a query by itself.

    @param at: when it was asked, in seconds since 1970.
    @param took: seconds.
    @param client: what is told of the client's address.
    """
    who = query.client
    return {
        "time": datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z",
        "client": client,
        "transport": who.transport,
        "front": who.front,
        "name": nameText(query.key[:-6]),
        "type": _type(query.type),
        "class": _class(query.dnsClass),
        **_told(query, outcome),
        "ms": round(took * 1000, 3),
    }


def _told(query: Query, outcome: Outcome) -> dict[str, Any]:
    """What became of it."""
    if isinstance(outcome, CancelledError):
        return {"rcode": CANCELLED, "flags": [], "ede": [], "addresses": []}
    if outcome is DROP:
        return {"rcode": DROPPED, "flags": [], "ede": [], "addresses": []}
    if not isinstance(outcome, Answer):
        outcome = servfail(outcome) if isinstance(outcome, ResolveError) else bugAnswer(outcome)
    flags = outcome.flags | query.flags & (RD | CD)
    do = query.edns is not None and query.edns.do
    return {
        "rcode": _rcode(outcome.rcode),
        "flags": [word for word, flag in _FLAGS if flags & flag] + ["do"] * do,
        "ede": [{"code": code, "text": text} for code, text in outcome.errors],
        "addresses": _addresses(outcome),
    }


def _addresses(answer: Answer) -> list[str]:
    """The first of those in the answer section."""
    found: list[str] = []
    body = answer.body
    for at in answer.ttls[: int.from_bytes(answer.counts[:2], "big")]:
        family = _FAMILIES.get(int.from_bytes(body[at - 4 : at - 2], "big"))
        length = int.from_bytes(body[at + 4 : at + 6], "big")
        if family is not None and length == (4 if family == AF_INET else 16) and len(found) < _MOST:
            found.append(inet_ntop(family, body[at + 6 : at + 6 + length]))
    return found


def ways(titles: Sequence[str], reached: int, asked: object) -> dict[str, Any]:
    """
    Where the answer came from.

    @param reached: the place of the last section that was asked, 1 for the first.
    @param asked: what that said first: an upstream's has addresses, a group's the names of members.
    """
    tried = [str(each.address) for each in getattr(asked, "tried", ()) if hasattr(each, "address")]
    members = list(getattr(asked, "names", ()))
    return {"from": titles[reached - 1] if reached else None, "asked": tried or members}


def split(titles: Sequence[str], askers: Sequence[str], spent: Sequence[float]) -> Mapping[str, float]:
    """
    Milliseconds that each section took by itself: without those that it asked.

    @param askers: the titles of the sections that ask these.
    @param spent: seconds with those; -1 for one that was not asked.
    @return: only of sections that were asked.
    """
    made: dict[str, float] = {}
    asked = [each for each in zip(titles, askers, spent, strict=True) if each[2] >= 0]
    for title, _, whole in asked:
        made[title] = made.get(title, 0.0) + whole
    for _, asker, whole in asked:
        if asker in made:
            made[asker] -= whole
    return {title: round(own * 1000, 3) for title, own in made.items()}


def encoded(fields: Mapping[str, Any]) -> bytes:
    """The line."""
    return f"{_ENCODE(fields)}\n".encode()


@lru_cache(256)
def _type(number: int) -> str:
    return dns.rdatatype.to_text(dns.rdatatype.RdataType.make(number))


@lru_cache(64)
def _class(number: int) -> str:
    return dns.rdataclass.to_text(dns.rdataclass.RdataClass.make(number))


@lru_cache(256)
def _rcode(number: int) -> str:
    return dns.rcode.to_text(dns.rcode.Rcode.make(number))
