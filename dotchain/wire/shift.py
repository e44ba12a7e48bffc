"""Records of one name's denial, put behind the question of a longer name."""

from __future__ import annotations

from struct import Struct
from typing import Final

from .answer import Answer
from .codes import NSEC, NSEC3, RRSIG, SOA

_COUNTS: Final = Struct("!HHH").unpack_from
_TYPE_AND_LENGTH: Final = Struct("!H6xH").unpack_from
_POINTER: Final = Struct("!H")

_FARTHEST: Final = 0x3FFF


def shifted(answer: Answer, by: int) -> Answer | None:
    """
    The same behind a question whose name is longer by so many octets in front.

    Compression pointers lead to offsets of the whole message, the question in front
    included, so all of them move. Done for a SOA, which alone of a denial's records may
    have such names in its RDATA (RFC 3597 section 4), and for what proves the denial.

    @return: None where a record is of another type, or a pointer can't lead so far.
    """
    body = bytearray(answer.body)
    offset = 0
    for _ in range(sum(_COUNTS(answer.counts))):
        offset = _shiftName(body, offset, by)
        kind, length = _TYPE_AND_LENGTH(body, offset)
        offset += 10
        if kind == SOA:
            _shiftName(body, _shiftName(body, offset, by), by)
        elif kind not in (NSEC, NSEC3, RRSIG):
            return None
        offset += length
        if offset > _FARTHEST - by:
            return None
    return answer.having(body=bytes(body))


def _shiftName(body: bytearray, offset: int, by: int) -> int:
    """Move the pointer that a name may end in; the offset behind the name."""
    while 0 < (length := body[offset]) < 64:
        offset += length + 1
    if not length:
        return offset + 1
    _POINTER.pack_into(body, offset, _POINTER.unpack_from(body, offset)[0] + by)
    return offset + 2
