"""What a test of the file expects of the chain: C{[test NAME] expect}."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

import dns.rcode
from dns.exception import DNSException

from ..host import isIP
from ..options import LineError, whole
from .hint import close
from .listing import numbered
from .scriptreading import NODATA

BLOCKED, DROPPED, TRUNCATED = "blocked", "dropped", "truncated"
BY, TO, EDE = "by", "to", "EDE"
RCODE, ADDRESS, NAME = "RCODE", "address", "name"

_ALONE = {each.lower(): each for each in (BLOCKED, DROPPED, TRUNCATED, NODATA)}
_WITH = {each.lower(): each for each in (BY, TO, EDE)}


class Expectation(NamedTuple):
    """
    One thing that must hold, or must not.

    @ivar subject: L{BLOCKED}, L{DROPPED}, L{TRUNCATED}, C{NODATA}; L{BY}, L{TO}, L{EDE}, L{RCODE}, L{ADDRESS}
        or L{NAME} with a value.
    @ivar value: the name of a stage, an upstream or a chain; a number; an IP address; a domain name.
    @ivar negated: whether it must not hold.
    @ivar text: as it was written.
    @ivar line: its line in the file.
    """

    subject: str
    value: str
    negated: bool
    text: str
    line: int


def expectations(text: str) -> tuple[Expectation, ...]:
    """
    Words such as C{blocked}, C{by ads}, C{to office}, C{NXDOMAIN}, C{192.0.2.1}, C{EDE 15}, each perhaps with
    a C{!} before it.

    @raise LineError: for what is none.
    """
    words = iter(numbered(text))
    found = tuple(_expectation(word, line, words) for word, line in words)
    if not found:
        raise ValueError("is empty; say what must come, such as blocked, NXDOMAIN, 192.0.2.1 or to office")
    return found


def _expectation(text: str, line: int, following: Iterator[tuple[str, int]]) -> Expectation:
    word = text.removeprefix("!")
    negated = word != text
    subject = _WITH.get(word.lower())
    if subject is None:
        return Expectation(*_alone(word, line), negated, text, line)
    value, _ = next(following, ("", line))
    if not value:
        raise LineError(f"{text!r} has nothing behind it", line)
    if subject == EDE:
        value = _code(value, line)
    return Expectation(subject, value, negated, f"{text} {value}", line)


def _alone(word: str, line: int) -> tuple[str, str]:
    known = _ALONE.get(word.lower())
    if known is not None:
        return known, ""
    if isIP(word):
        return ADDRESS, str(ip_address(word))
    rcode = _rcode(word)
    if rcode is not None:
        return RCODE, rcode
    if "." in word:
        return NAME, word.lower().removesuffix(".")
    hint = close(word, [*_ALONE.values(), *_WITH.values(), "NXDOMAIN", "NOERROR", "SERVFAIL", "REFUSED"])
    raise LineError(
        f"{word!r} is none of blocked, dropped, truncated, NODATA, by STAGE, to UPSTREAM, EDE NUMBER, an "
        f"RCODE such as NXDOMAIN, an IP address or a domain name{hint}",
        line,
    )


def _rcode(word: str) -> str | None:
    try:
        return dns.rcode.to_text(dns.rcode.from_text(word.upper())) if not word.isdigit() else None
    except (DNSException, ValueError):
        return None


def _code(value: str, line: int) -> str:
    try:
        return str(whole(value))
    except ValueError as error:
        raise LineError(f"EDE {error}", line) from None
