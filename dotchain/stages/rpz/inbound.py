"""A zone transfer as it comes in, message by message (RFC 5936, RFC 1995)."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import TYPE_CHECKING

import dns.exception
import dns.rcode
import dns.rdata
import dns.rdatatype

from ...wire.codes import AAAA, CNAME, QR, SOA, TC, TSIG, A
from ...wire.errors import FormatError
from ...wire.names import nameThere, skipPlainName, stepName
from ...wire.records import walk
from .policyzone import PolicyZone, Record

if TYPE_CHECKING:
    from .signature import Signatures

_HEADER = Struct("!HHHHHH").unpack_from
_FIXED = Struct("!HHIH").unpack_from
_HALF = 1 << 31
_TXT = 16
# Types whose RDATA has no names.
_PLAIN = frozenset((A, AAAA, _TXT))
_STEP = 50
# Octets of messages for each record that may come: long ones are few.
_OCTETS = 128


class TransferRefused(Exception):
    """The primary has answered with an error."""


class Inbound:
    """
    What a primary answers to a request for a zone.

    Either the zone as a whole, or what is to be removed and added, or that nothing has changed.

    @ivar done: whether the last message has come.
    @ivar zone: the new zone, where it came as a whole.
    @ivar changes: else what to change: whether a record is added, and the record.
    @ivar soa: TTL and RDATA of the new version's SOA.
    """

    def __init__(
        self, origin: bytes, number: int, serial: int | None, signatures: Signatures, most: int
    ) -> None:
        """
        @param number: the ID of the request.
        @param serial: the version that is known, where differences from it were asked for.
        @param most: records that may come.
        """
        self.done = False
        self.zone: PolicyZone | None = None
        self.changes: list[tuple[bool, Record]] = []
        self.soa: tuple[int, bytes] | None = None
        self._origin = origin
        self._number = number
        self._serial = serial
        self._signatures = signatures
        self._left = most
        self._octets = _OCTETS * most + (1 << 20)
        self._seen = 0
        # None where the zone comes as a whole.
        self._adding: bool | None = None

    @property
    def upToDate(self) -> bool:
        """Whether nothing has changed."""
        return self.zone is None and not self.changes and self._adding is None

    def steps(self, message: bytes) -> Iterator[None]:
        """
        Take one more message, in steps.

        @raise FormatError: where it is no message of this transfer, or not signed as it must be.
        @raise TransferRefused: where it is an error.
        """
        number, flags, questions, answers, *_ = _HEADER(message)
        self._octets -= len(message)
        if self._octets < 0:
            raise FormatError("more octets than 'max-records' leaves room for")
        if number != self._number or not flags & QR or flags & (0x7800 | TC):
            raise FormatError("a message that belongs to nothing")
        if flags & 15:
            raise TransferRefused(f"it answers {dns.rcode.to_text(dns.rcode.Rcode(flags & 15))}")
        if not answers:
            raise FormatError("a message without records")
        offset = self._start(message, questions)
        checked = walk(message, offset)
        if checked.end != len(message):
            raise FormatError("octets behind the last record")
        for count in range(answers):
            record, offset = _record(message, offset)
            self._take(record)
            if not count % _STEP:
                yield
        self._signatures.check(message, self.done, _lastOf(message, offset) if checked.signed else 0)

    def _start(self, message: bytes, questions: int) -> int:
        """Where the records start."""
        if not questions:
            return 12
        if questions > 1:
            raise FormatError("more than one question")
        try:
            end = skipPlainName(message, 12) + 4
        except IndexError:
            raise FormatError("message is cut off") from None
        if message[12 : end - 4].lower() != self._origin:
            raise FormatError("a transfer of another zone")
        return end

    def _take(self, record: Record) -> None:
        if self.done:
            raise FormatError("records behind the end of the transfer")
        self._left -= 1
        if self._left < 0:
            raise FormatError("more records than 'max-records'")
        owner, kind, ttl, data = record
        if kind == SOA and owner != self._origin:
            raise FormatError("the SOA of another zone")
        self._seen += 1
        if self.soa is None:
            self._begin(kind, ttl, data)
        elif kind == SOA:
            self._passed(data)
        elif self._adding is None:
            self._whole().add(record)
        else:
            self.changes.append((self._adding, record))

    def _begin(self, kind: int, ttl: int, data: bytes) -> None:
        if kind != SOA or len(data) < 22:
            raise FormatError("a transfer that begins without SOA")
        self.soa = ttl, data
        # That there is nothing newer the SOA says alone (RFC 1995 section 2).
        self.done = self._serial is not None and not newer(_serialOf(data), self._serial)

    def _passed(self, data: bytes) -> None:
        """An SOA that is not the first."""
        assert self.soa is not None
        serial, last = _serialOf(data), _serialOf(self.soa[1])
        if self._adding is None and self._seen == 2 and self._serial is not None and serial != last:
            if serial != self._serial:
                raise FormatError("differences from another version than the one that is known")
            self._adding = False
        elif self._adding is None:
            if serial != last:
                raise FormatError("ends with another SOA than it began with")
            self._whole()
            self.done = True
        elif self._adding:
            self.done = serial == last
            self._adding = self.done
        else:
            self._adding = True

    def _whole(self) -> PolicyZone:
        if self.zone is None:
            assert self.soa is not None
            self.zone = PolicyZone(self._origin)
            self.zone.start(*self.soa)
        return self.zone


def newer(serial: int, known: int) -> bool:
    """Whether a serial number is ahead of another one (RFC 1982 section 3.2)."""
    return 0 < (serial - known) & (2 * _HALF - 1) < _HALF


def _serialOf(data: bytes) -> int:
    return int.from_bytes(data[-20:-16], "big")


def _record(message: bytes, offset: int) -> tuple[Record, int]:
    """The record at an offset, which has been walked over, and the offset behind it."""
    owner = nameThere(message, offset).lower()
    offset = stepName(message, offset)
    kind, _, ttl, length = _FIXED(message, offset)
    start = offset + 10
    end = start + length
    if kind == CNAME:
        data = nameThere(message, start)
    elif kind in _PLAIN:
        data = message[start:end]
    else:
        data = _written(message, kind, start, length)
    return (owner, kind, ttl, data), end


def _written(message: bytes, kind: int, start: int, length: int) -> bytes:
    """RDATA with no name in it compressed."""
    try:
        made = dns.rdata.from_wire("IN", dns.rdatatype.RdataType.make(kind), message, start, length)
    except dns.exception.DNSException:
        raise FormatError("a record whose RDATA is not what its type wants") from None
    return made.to_wire() or b""


def _lastOf(message: bytes, offset: int) -> int:
    """Where the last record starts."""
    start = offset
    while offset < len(message):
        start = offset
        offset = stepName(message, offset)
        kind, _, _, length = _FIXED(message, offset)
        offset += 10 + length
    return start if kind == TSIG else 0
