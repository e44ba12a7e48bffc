"""Zone transfers (RFC 5936, RFC 1995): what asks for one, and where its messages end."""

from __future__ import annotations

from struct import Struct
from struct import error as StructError
from typing import Final

from . import edns as _edns
from .codes import AXFR, EXPIRE, IXFR, SOA
from .errors import FormatError
from .names import skipPlainName, stepName
from .query import Query
from .records import walk

_COUNTS: Final = Struct("!HHHH").unpack_from
_TYPE_AND_LENGTH: Final = Struct("!H6xH").unpack_from
_HALF: Final = 1 << 31


def request(query: Query) -> bytes:
    """
    A client's request for a transfer as the upstream gets it.

    EDNS options belong to the client's hop but for EXPIRE, which is for the nameserver
    alone (RFC 7314). A signed request stays as it is (RFC 8945 section 5.5).
    """
    wire, edns = query.wire, query.edns
    if edns is None or query.signed:
        return wire
    found = walk(wire, 12 + len(query.question)).opt
    assert found is not None
    expire = edns.option(EXPIRE)
    options = b"" if expire is None else _edns.option(EXPIRE, expire)
    return wire[: found[0]] + _edns.record(edns.do, 0, options) + wire[found[1] :]


def asksForTransfer(wire: bytes) -> bool:
    """Whether more than one message may come back for a request."""
    if wire[2] & 0x78:
        return False
    offset = skipPlainName(wire, 12)
    return int.from_bytes(wire[offset : offset + 2], "big") in (AXFR, IXFR)


class TransferProgress:
    """
    How far the response to a request has come, by the SOA records in it.

    A transfer begins with the zone's SOA. A whole zone ends with the same one (RFC 5936
    section 2.2). Differences are pairs of sequences, each sequence behind an SOA of its
    own, and end where a pair should begin, again with the first one (RFC 1995 section 4).
    """

    def __init__(self, wire: bytes) -> None:
        """
        @param wire: the request.
        @raise FormatError: where it asks for differences from no version.
        """
        self._known = _knownSerial(wire)
        self._first: bytes | None = None
        self._passed = 0

    def ends(self, message: bytes) -> bool:
        """
        Whether a message of the response is the last.

        @raise FormatError: where it is no message of a transfer.
        """
        try:
            return self._take(message)
        except (IndexError, StructError):
            raise FormatError("message is cut off") from None

    def _take(self, message: bytes) -> bool:
        questions, answers, _, _ = _COUNTS(message, 4)
        if message[3] & 15:
            return True
        beginning = self._first is None
        if beginning and not answers:
            raise FormatError("a transfer that begins without SOA")
        offset = 12
        for _ in range(questions):
            offset = stepName(message, offset) + 4
        for _ in range(answers):
            offset = stepName(message, offset)
            kind, length = _TYPE_AND_LENGTH(message, offset)
            offset += 10 + length
            if kind == SOA and self._passes(message[offset - 20 : offset - 16]):
                return True
            if self._first is None:
                raise FormatError("a transfer that begins without SOA")
        if offset > len(message):
            raise FormatError("message is cut off")
        return beginning and answers == 1 and self._upToDate()

    def _passes(self, serial: bytes) -> bool:
        """Whether an SOA record with this serial number is the last of the transfer."""
        if self._first is None:
            self._first = serial
            return False
        self._passed += 1
        return bool(self._passed & 1) and serial == self._first

    def _upToDate(self) -> bool:
        """Whether the SOA alone says that there is nothing newer (RFC 1995 section 2)."""
        if self._known is None or self._first is None:
            return False
        ahead = (int.from_bytes(self._first, "big") - self._known) & (2 * _HALF - 1)
        return not 0 < ahead < _HALF


def _knownSerial(wire: bytes) -> int | None:
    """The serial number of the version that the client has, where it asks for differences from it."""
    try:
        offset = skipPlainName(wire, 12) + 4
        if int.from_bytes(wire[offset - 4 : offset - 2], "big") != IXFR:
            return None
        offset = stepName(wire, offset)
        kind, length = _TYPE_AND_LENGTH(wire, offset)
    except (IndexError, StructError):
        raise FormatError("IXFR without the SOA of the version that is known") from None
    offset += 10 + length
    if wire[6:10] != b"\0\0\0\1" or kind != SOA or length < 22 or offset > len(wire):
        raise FormatError("IXFR without the SOA of the version that is known")
    return int.from_bytes(wire[offset - 20 : offset - 16], "big")
