"""What clients ask, and what they must be told."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import dns.flags
import dns.message
import dns.rcode
from dns.edns import EDEOption

from tests.interop.asking import query

ZONE = "example.org"
MISSING, LARGE, LISTED = f"nx.{ZONE}", f"big.{ZONE}", f"ad0.many.{ZONE}"

# Of a hundred.
_SHARES = {"known": 40, "new": 28, "missing": 10, "type": 10, "listed": 6, "large": 6}
_TYPES = ("AAAA", "HTTPS", "MX", "SRV", "TXT")
_KNOWN = 50


class Question(NamedTuple):
    """
    One query.

    @ivar asked: as it is sent.
    @ivar rcode: that of the only answer that is right.
    @ivar records: whether that has any.
    """

    asked: dns.message.Message
    rcode: dns.rcode.Rcode
    records: bool

    def wrong(self, answer: dns.message.Message) -> str:
        """What is wrong with an answer; empty where nothing is."""
        if not self.asked.is_response(answer):
            return "an answer to another question"
        if answer.rcode() != self.rcode:
            return " ".join((dns.rcode.to_text(answer.rcode()), *_reasons(answer)))
        if self.records and not answer.answer and not answer.flags & dns.flags.TC:
            return "no records"
        return ""


def _reasons(answer: dns.message.Message) -> Iterator[str]:
    """What it says why (RFC 8914)."""
    for option in answer.options:
        if isinstance(option, EDEOption):
            yield f"({option.text or option.code.name})"


class Questions:
    """
    Names that are in a cache, names that are new, names that are not there, names that are blocked, other
    types, and answers that no datagram has room for.
    """

    def __init__(self, client: str, seed: int) -> None:
        """@param client: a label, by which its new names differ from all others'."""
        self._client = client
        self._dice = Random(f"{seed} {client}")
        self._number = 0

    def next(self) -> Question:
        """One more."""
        self._number += 1
        (kind,) = self._dice.choices([*_SHARES], [*_SHARES.values()])
        new = f"{self._client}{self._number}"
        if kind == "missing":
            return Question(query(f"{new}.{MISSING}"), dns.rcode.NXDOMAIN, False)
        if kind == "type":
            return Question(query(f"{new}.{ZONE}", self._dice.choice(_TYPES)), dns.rcode.NOERROR, False)
        if kind == "large":
            return Question(query(f"{new}.{LARGE}", "TXT"), dns.rcode.NOERROR, True)
        names = {"known": f"n{self._dice.randrange(_KNOWN)}.{ZONE}", "listed": LISTED}
        return Question(query(names.get(kind, f"{new}.{ZONE}")), dns.rcode.NOERROR, True)
