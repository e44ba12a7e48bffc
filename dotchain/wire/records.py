"""One walk over the resource records behind a question."""

from __future__ import annotations

from struct import Struct
from struct import error as StructError
from typing import NamedTuple

from .codes import CNAME, MX, NS, OPT, PTR, SIG, SOA, TSIG
from .errors import FormatError
from .names import skipName, stepName

_FIXED = Struct("!HHIH").unpack_from
_SECTIONS = Struct("!HHH").unpack_from

# How many octets of RDATA stand before a name that others may compress against.
_NAME_AT = {NS: 0, CNAME: 0, SOA: 0, PTR: 0, MX: 2}


class Records(NamedTuple):
    """
    What one walk found.

    @ivar ttls: the offset of each TTL field; those of OPT and of signatures are none.
    @ivar opt: start and end of the OPT record, or None.
    @ivar signed: whether the last record is a TSIG or a SIG(0) (RFC 8945, RFC 2931).
    """

    ttls: tuple[int, ...]
    opt: tuple[int, int] | None
    signed: bool


def walk(wire: bytes, offset: int) -> Records:
    """
    Step over every record from offset, the end of the question, to the end.

    @raise FormatError: where a record is cut off, a name is malformed, OPT stands
        twice, is not owned by the root or not in the additional section, or octets
        are left behind the last record.
    """
    try:
        return _walk(wire, offset)
    except (IndexError, StructError):
        raise FormatError("message is cut off") from None


def _walk(wire: bytes, offset: int) -> Records:
    answers, authorities, additionals = _SECTIONS(wire, 6)
    total = answers + authorities + additionals
    ttls: list[int] = []
    opt = None
    signed = False
    for index in range(total):
        start = offset
        # Nine owners in ten are a pointer to the question: 0.1 µs instead of 0.5.
        offset = start + 2 if wire[start : start + 2] == b"\xc0\x0c" else skipName(wire, start)
        kind, _, _, length = _FIXED(wire, offset)
        data = offset + 10
        if kind == OPT:
            if opt or wire[start] or index < answers + authorities:
                raise FormatError("more than one OPT, or one in the wrong place", edns=True)
            opt = (start, data + length)
        elif kind == TSIG or (kind == SIG and _FIXED(wire, data)[0] == 0):
            signed = index == total - 1
        else:
            ttls.append(offset + 4)
            if kind in _NAME_AT and length:
                skipName(wire, data + _NAME_AT[kind])
        offset = data + length
    if offset != len(wire):
        raise FormatError("octets behind the last record, or too few", edns=opt is not None)
    return Records(tuple(ttls), opt, signed)


def negativeTTL(counts: bytes, body: bytes) -> int | None:
    """
    How long a negative answer may be kept, in seconds: the lesser of the SOA's own
    TTL and its MINIMUM (RFC 2308 section 5), or None without an SOA in authority.

    @param counts: ANCOUNT, NSCOUNT and ARCOUNT as on the wire.
    @param body: the records, which L{walk} has passed.
    """
    answers, authorities, _ = _SECTIONS(counts)
    offset = 0
    for index in range(answers + authorities):
        offset = stepName(body, offset)
        kind, _, ttl, length = _FIXED(body, offset)
        offset += 10 + length
        if index >= answers and kind == SOA and length >= 22:
            return int(min(ttl, int.from_bytes(body[offset - 4 : offset], "big")))
    return None
