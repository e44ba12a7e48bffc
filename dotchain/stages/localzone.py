"""A zone that is served here, without records or with few: each of its answers is made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from struct import Struct

import dns.name
import dns.rdata
import dns.rdatatype

from ..wire import Answer
from ..wire.answer import Errors
from ..wire.codes import AA, ANY, NOERROR, NXDOMAIN, QR, RA

TTL = 10800
"""Seconds that RFC 6303 section 3 has for everything in such a zone, MINIMUM included."""

QNAME = b"\xc0\x0c"
"""The owner of a record whose name is the one asked for: a pointer to the question."""

_FIXED = Struct("!HHIH").pack
_COUNTS = Struct("!HHH").pack
_ROOT_QUESTION = b"\0\0\1\0\1"

Records = Mapping[int, Answer]
"""What a name has, by type; with an answer for ANY where there is anything."""


class LocalZoneType(Enum):
    """What a special name, and each name below it, is answered."""

    ABSENT = "NXDOMAIN"
    EMPTY = "its SOA and NS; NXDOMAIN below"
    LOOPBACK = "127.0.0.1 and ::1; NODATA for other types"
    SILENT = "NODATA"


class LocalZone:
    """
    The answers about one name and all names below it.

    No name in them but the question's is compressed, and so an answer fits every
    question: nothing is made for a query. Negative ones carry the zone's SOA, whose TTL is
    its MINIMUM (RFC 2308 section 3, RFC 6303 section 3).

    @ivar name: its name in wire form, in lower case.
    @ivar zoneType: what it answers, besides the records that are added.
    @ivar parent: whether the public DNS has an insecure delegation of it, or is to have one.
    """

    def __init__(
        self, name: dns.name.Name, zoneType: LocalZoneType, parent: bool = False, errors: Errors = ()
    ) -> None:
        """@param errors: the extended DNS errors that go with NXDOMAIN (RFC 8914)."""
        self.name = name.to_digestable()
        self.zoneType = zoneType
        self.parent = parent
        self._known: dict[bytes, Records] = {}
        self._others: Records | None = None
        start = f"{name} nobody.invalid. 1 3600 1200 604800 {TTL}"
        soa = record(self.name, "SOA", start)
        self._absent = made((), (soa,), rcode=NXDOMAIN, errors=errors)
        self._nothing = made((), (soa,))
        if zoneType is LocalZoneType.EMPTY:
            self.add(self.name, record(QNAME, "SOA", start), record(QNAME, "NS", str(name)))
        elif zoneType is LocalZoneType.LOOPBACK:
            self._others = _byType((record(QNAME, "A", "127.0.0.1"), record(QNAME, "AAAA", "::1")))
        elif zoneType is LocalZoneType.SILENT:
            self._others = {}

    def add(self, name: bytes, *records: bytes, additional: Iterable[bytes] = ()) -> None:
        """
        Give a name records of its own.

        @param records: with L{QNAME} as their owner.
        @param additional: records that go along.
        """
        self._known[name] = _byType(records, additional)

    def answer(self, name: bytes, kind: int) -> Answer:
        """
        The answer to a question of class IN.

        @param name: this zone's name or one below it, in wire form, in lower case.
        @param kind: QTYPE.
        """
        records = self._known.get(name, self._others)
        return self._absent if records is None else records.get(kind, self._nothing)


# A reload makes the same ones again while nobody is answered.
@lru_cache(1024)
def record(owner: bytes, kind: str, text: str, ttl: int = TTL) -> bytes:
    """
    A record as it stands on the wire.

    @param text: its RDATA in presentation form, names absolute.
    """
    number = dns.rdatatype.from_text(kind)
    data = dns.rdata.from_text("IN", number, text).to_wire() or b""
    return owner + _FIXED(number, 1, ttl, len(data)) + data


def made(
    answers: Iterable[bytes],
    authority: Iterable[bytes] = (),
    additional: Iterable[bytes] = (),
    *,
    rcode: int = NOERROR,
    errors: Errors = (),
) -> Answer:
    """An authoritative answer of these records."""
    sections = [tuple(answers), tuple(authority), tuple(additional)]
    head = _COUNTS(0, QR | AA | RA | rcode, 1) + _COUNTS(*map(len, sections))
    body = b"".join(each for section in sections for each in section)
    return Answer.parse(head + _ROOT_QUESTION + body).having(errors=errors)


def _byType(records: Iterable[bytes], additional: Iterable[bytes] = ()) -> Records:
    """Records of one name, each of another type."""
    found = {_typeOf(each): made((each,), additional=additional) for each in records}
    return {**found, ANY: made(records, additional=additional)}


def _typeOf(wire: bytes) -> int:
    """The type of a record whose owner is the question's name."""
    return int.from_bytes(wire[2:4], "big")
