"""The option C{answer}: from what operators write to the answers of blocked names."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address
from typing import NamedTuple

from ...host import hostName, isIP
from ...match.names import EXACTLY, NameWord
from ...match.word import Word
from ...options import items
from ...wire.answer import Answer
from ...wire.codes import AAAA, ANY, NOERROR, NXDOMAIN, RA, REFUSED, A
from ...wire.domains import nameOf
from ..localzone import QNAME, made, record
from .replies import Replies

_RCODES = {"nxdomain": NXDOMAIN, "nodata": NOERROR, "refused": REFUSED}
_NULL = ("0.0.0.0", "::")  # noqa: S104 - nobody listens there
_RIGHT = "null, nxdomain, nodata, refused, IP addresses, or the name of another host are right"


class Chosen(NamedTuple):
    """
    What a blocked name is answered.

    @ivar rcode: the RCODE.
    @ivar addresses: IP addresses that it is said to have.
    @ivar target: the name that it is said to be an alias of, or empty.
    """

    rcode: int = NOERROR
    addresses: tuple[str, ...] = ()
    target: str = ""

    @property
    def wire(self) -> bytes:
        """The target in wire form, or nothing."""
        return nameOf(self.target).to_digestable() if self.target else b""

    @property
    def spared(self) -> tuple[Word, ...]:
        """What must not be blocked: the target, be it on a list itself."""
        return (NameWord(f"={self.target}", self.wire, EXACTLY),) if self.target else ()

    def replies(self, ttl: int) -> Replies:
        """
        The answers.

        @param ttl: of their records, and of what is not there (RFC 2308 section 5), in seconds.
        """
        if self.rcode == REFUSED:
            return Replies({}, Answer.bare(REFUSED))
        if self.target:
            return Replies({}, _records([record(QNAME, "CNAME", nameOf(self.target).to_text(), ttl)]))
        # Unbound's and AdGuard Home's: a zone of its own, so that clients keep what is not there.
        soa = record(QNAME, "SOA", f"localhost. nobody.invalid. 1 3600 1200 604800 {ttl}", ttl)
        nothing = made((), (soa,), rcode=self.rcode).having(flags=RA)
        return Replies(self._byType(ttl), nothing)

    def _byType(self, ttl: int) -> dict[int, Answer]:
        found: dict[int, list[bytes]] = {}
        for each in self.addresses:
            kind, word = (A, "A") if isinstance(ip_address(each), IPv4Address) else (AAAA, "AAAA")
            for number in (kind, ANY):
                found.setdefault(number, []).append(record(QNAME, word, each, ttl))
        return {kind: _records(records) for kind, records in found.items()}


def chosen(text: str) -> Chosen:
    """C{null}, C{nxdomain}, C{nodata}, C{refused}, IP addresses, or a name."""
    words = items(text)
    if not words:
        raise ValueError(f"is empty; {_RIGHT}")
    word = " ".join(words).lower()
    if word == "null":
        return Chosen(addresses=_NULL)
    if word in _RCODES:
        return Chosen(_RCODES[word])
    if all(map(_isPlainIP, words)):
        return Chosen(addresses=tuple(words))
    if len(words) > 1 or "." not in words[0].rstrip("."):
        raise ValueError(f"{text!r} is no answer: {_RIGHT}")
    return Chosen(target=hostName(words[0].rstrip(".")))


def _isPlainIP(word: str) -> bool:
    return isIP(word) and "%" not in word


def _records(records: Iterable[bytes]) -> Answer:
    return made(records).having(flags=RA)
