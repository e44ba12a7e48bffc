"""The name by which hosts find the prefix of their network, and its answers (RFC 7050, RFC 8880)."""

from __future__ import annotations

from typing import Final

from ...match.names import isBelow
from ...wire.answer import Answer
from ...wire.codes import AAAA, DS, NOERROR, NXDOMAIN, PTR, RA, SOA, A
from ...wire.plain import ANSWER, AUTHORITY, PlainRecord, laid
from ...wire.query import Query
from .prefix import Prefix
from .reverse import nameOf

NAME: Final = b"\x08ipv4only\x04arpa\0"
_ADDRESSES: Final = (b"\xc0\0\0\xaa", b"\xc0\0\0\xab")
_REVERSE: Final = (nameOf(b"\xc0\0\0\xaa"), nameOf(b"\xc0\0\0\xab"))

_IN: Final = 1
# Seconds, as in the zone of RFC 8880 appendix A.
_TTL: Final = 86400
_NOBODY: Final = b"\x06nobody\x07invalid\0"
# Serial, refresh, retry, expire, and a minimum of a day.
_NUMBERS: Final = bytes.fromhex("00000001 00000e10 000004b0 00093a80 00015180")


def answered(query: Query, prefix: Prefix) -> Answer | None:
    """
    What C{ipv4only.arpa} and all below it is answered, and the names of its addresses; None for any other.

    DS is left to the parent, of which a validator learns that there are no signatures (RFC 8880 section 7.1).
    """
    name, kind = query.key[:-6], query.type
    if name == NAME:
        return None if kind == DS else laid(_records(kind, prefix), query.question, RA, NOERROR)
    if isBelow(name, NAME):
        return laid([_soa()], query.question, RA, NXDOMAIN)
    if kind == PTR and name in _REVERSE:
        pointer = PlainRecord(ANSWER, name, PTR, _IN, _TTL, b"", [NAME], b"")
        return laid([pointer], query.question, RA, NOERROR)
    return None


def _records(kind: int, prefix: Prefix) -> list[PlainRecord]:
    """Those of the name itself."""
    if kind == A:
        return [PlainRecord(ANSWER, NAME, A, _IN, _TTL, each, [], b"") for each in _ADDRESSES]
    if kind == AAAA:
        sixes = [prefix.embed(each) for each in _ADDRESSES]
        return [PlainRecord(ANSWER, NAME, AAAA, _IN, _TTL, each, [], b"") for each in sixes]
    return [_soa()]


def _soa() -> PlainRecord:
    """What lets a negative answer be kept (RFC 2308 section 5)."""
    return PlainRecord(AUTHORITY, NAME, SOA, _IN, _TTL, b"", [NAME, _NOBODY], _NUMBERS)
