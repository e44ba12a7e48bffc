"""Records laid out anew at another place, their names compressed (RFC 1035 section 4.1.4)."""

from __future__ import annotations

from struct import Struct
from struct import error as StructError
from typing import Final

from .codes import CNAME, DNAME, MAXIMUM, MX, NAPTR, NS, PTR, SIG, SOA, SRV
from .errors import FormatError
from .names import nameThere, skipName, stepName
from .records import Records

_TYPE_AND_LENGTH: Final = Struct("!H6xH").unpack_from
_LENGTH: Final = Struct("!8xH").unpack_from
_POINTER: Final = Struct("!H").pack

_FARTHEST: Final = 0x3FFF
# Octets of a record at the least: an owner that is the root, and no RDATA.
_LEAST: Final = 11
_MD, _MF, _MB, _MG, _MR, _MINFO = 3, 4, 7, 8, 9, 14
_RP, _AFSDB, _RT, _PX, _NXT, _KX = 17, 18, 21, 26, 30, 36

# Names in RDATA: octets before them, and how many. Those of the types of RFC 1035 may be
# compressed; those of the others were once, and are written out (RFC 3597 section 4).
OLD = dict.fromkeys((NS, _MD, _MF, CNAME, _MB, _MG, _MR, PTR), (0, 1))
OLD |= {SOA: (0, 2), _MINFO: (0, 2), MX: (2, 1)}
WRITTEN_OUT = {_RP: (0, 2), _AFSDB: (2, 1), _RT: (2, 1), SIG: (18, 1), _PX: (2, 2), _NXT: (0, 1)}
WRITTEN_OUT |= {SRV: (6, 1), NAPTR: (4, 1), _KX: (2, 1), DNAME: (0, 1)}
# Character-strings of NAPTR before its name (RFC 3403 section 4.1).
STRINGS = 3


def compressed(
    wire: bytes, start: int, total: int, most: int, without: tuple[int, int] | None = None
) -> bytes | None:
    """
    The records of a message, as they stand behind its question with all names compressed.

    @param start: the end of the question.
    @param total: how many records there are.
    @param most: octets that they may take.
    @param without: start and end of a record that is left out.
    @return: None where they take more, or have RDATA that is not what its type wants.
    """
    if _LEAST * total > most:
        return None
    try:
        return _laidOut(wire, start, total, start + most, without)
    except (FormatError, IndexError, StructError):
        return None


def across(wire: bytes, end: int, found: Records) -> tuple[bytes, tuple[int, ...]]:
    """
    The records before and behind an OPT that is not the last one, and where their TTLs are.

    OPT may stand anywhere in the additional section (RFC 6891 section 6.1.1), and names behind
    it may point across it. Where they can't be laid out without it, additional records may be
    left out (RFC 2181 section 9).

    @param end: the end of the question.
    """
    start = found.start
    total = len(found.ttls)
    body = compressed(wire, end, total + 1, MAXIMUM, found.opt)
    if body is None:
        return wire[end:start], tuple([at for at in found.ttls if at < start - end])
    return body, ttlsIn(body, total)


def behind(head: bytes, wire: bytes, start: int, total: int) -> bytes | None:
    """
    The records of a message, as they stand behind other octets than its own question, which no name of
    them points into then.

    @param head: these octets: a header, a question, and records.
    @param start: the end of the message's own question.
    @param total: how many records there are.
    @return: None where some are not what their type wants.
    """
    layout = _Layout(wire, 12)
    layout.out += head[12:]
    offset = start
    try:
        for _ in range(total):
            offset = layout.record(offset)
    except (FormatError, IndexError, StructError):
        return None
    return bytes(layout.out[len(head) :])


def ttlsIn(body: bytes, total: int) -> tuple[int, ...]:
    """Where in the octets of so many records their TTLs are."""
    ttls = []
    offset = 0
    for _ in range(total):
        offset = stepName(body, offset)
        ttls.append(offset + 4)
        offset += 10 + _LENGTH(body, offset)[0]
    return tuple(ttls)


def _laidOut(
    wire: bytes, start: int, total: int, limit: int, without: tuple[int, int] | None
) -> bytes | None:
    layout = _Layout(wire, start)
    offset = start
    for _ in range(total):
        if without is not None and offset == without[0]:
            offset = without[1]
            continue
        offset = layout.record(offset)
        # What can't fit is not worth the time.
        if len(layout.out) > limit:
            return None
    return bytes(layout.out[start:])


class _Layout:
    """
    A message as far as it is laid out.

    @ivar out: its octets.
    """

    def __init__(self, wire: bytes, start: int) -> None:
        self._wire = wire
        self._sizes: dict[int, int] = {}
        # Where names are that pointers may lead to. Those in another case are others, as BIND has
        # it: each comes out in the case that its owner gave it (RFC 4343 section 4).
        self._places: dict[bytes, int] = {}
        self.out = bytearray(wire[:12])
        if start > 12:
            self._name(12, True)
            self.out += wire[start - 4 : start]

    def record(self, offset: int) -> int:
        """Put the record at an offset of the message behind the others; the offset behind it."""
        wire, out = self._wire, self.out
        offset = self._name(offset, True)
        kind, length = _TYPE_AND_LENGTH(wire, offset)
        data = offset + 10
        end: int = data + length
        out += wire[offset:data]
        if length and (kind in OLD or kind in WRITTEN_OUT):
            at = len(out)
            self._data(kind, data, end)
            out[at - 2 : at] = _POINTER(len(out) - at)
        else:
            out += wire[data:end]
        return end

    def _data(self, kind: int, start: int, end: int) -> None:
        """Put RDATA with names."""
        wire = self._wire
        old = kind in OLD
        before, names = OLD[kind] if old else WRITTEN_OUT[kind]
        offset = start + before
        if kind == NAPTR:
            for _ in range(STRINGS):
                offset += 1 + wire[offset]
        self.out += wire[start:offset]
        for _ in range(names):
            offset = self._name(offset, old)
        if offset > end:
            raise FormatError("RDATA of another length than what is in it")
        self.out += wire[offset:end]

    def _name(self, offset: int, compress: bool) -> int:
        """Put the name at an offset of the message; the offset behind it."""
        end = skipName(self._wire, offset, self._sizes)
        name = nameThere(self._wire, offset)
        if not compress:
            self.out += name
            return end
        out, places = self.out, self._places
        at = 0
        while name[at]:
            place = places.get(name[at:])
            if place is not None:
                out += _POINTER(0xC000 | place)
                return end
            if len(out) <= _FARTHEST:
                places[name[at:]] = len(out)
            behind = at + 1 + name[at]
            out += name[at:behind]
            at = behind
        out += b"\0"
        return end
