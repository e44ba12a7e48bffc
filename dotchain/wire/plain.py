"""Records of an answer with their names written out, and laid out again, perhaps behind another question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .answer import Answer, Errors
from .codes import HTTPS, MAXIMUM, NAPTR, SVCB
from .compress import OLD, STRINGS, WRITTEN_OUT, compressed, ttlsIn
from .errors import FormatError
from .names import nameThere, skipName

ANSWER: Final = 0
AUTHORITY: Final = 1
ADDITIONAL: Final = 2

# Their TargetName is never compressed (RFC 9460 section 2.2), but it is a name.
_SERVICES: Final = (SVCB, HTTPS)
_QNAME: Final = b"\xc0\x0c"


class PlainRecord:
    """
    One record, whose octets mean the same wherever they stand.

    @ivar section: L{ANSWER}, L{AUTHORITY} or L{ADDITIONAL}.
    @ivar owner: in wire form, in the case that it came in.
    @ivar kind: TYPE.
    @ivar dnsClass: CLASS.
    @ivar ttl: TTL in seconds.
    @ivar before: RDATA up to the first name; all of it where it has none that is known.
    @ivar names: the names in the RDATA, in wire form.
    @ivar behind: RDATA behind the last name.
    """

    __slots__ = ("before", "behind", "dnsClass", "kind", "names", "owner", "section", "ttl")

    def __init__(
        self,
        section: int,
        owner: bytes,
        kind: int,
        dnsClass: int,
        ttl: int,
        before: bytes,
        names: list[bytes],
        behind: bytes,
    ) -> None:
        self.section = section
        self.owner = owner
        self.kind = kind
        self.dnsClass = dnsClass
        self.ttl = ttl
        self.before = before
        self.names = names
        self.behind = behind

    @property
    def data(self) -> bytes:
        """RDATA."""
        return self.before + b"".join(self.names) + self.behind if self.names else self.before


def wholeOf(answer: Answer, question: bytes) -> bytes:
    """The octets of a message with these records, which pointers in them lead to; header flags are zero."""
    return bytes(6) + answer.counts + question + answer.body


def plain(answer: Answer, question: bytes) -> list[PlainRecord]:
    """
    The records of an answer.

    @param question: the one that it belongs to, as on the wire.
    @raise FormatError: where RDATA is not what its type wants.
    """
    wire = wholeOf(answer, question)
    found: list[PlainRecord] = []
    sizes: dict[int, int] = {}
    offset = 12 + len(question)
    try:
        for section in (ANSWER, AUTHORITY, ADDITIONAL):
            for _ in range(wire[6 + 2 * section] << 8 | wire[7 + 2 * section]):
                offset = _take(wire, offset, section, sizes, found)
    except IndexError:
        raise FormatError("a record is cut off") from None
    return found


def _take(wire: bytes, start: int, section: int, sizes: dict[int, int], found: list[PlainRecord]) -> int:
    """Put the record at an offset of the message to the others; the offset behind it."""
    offset: int = skipName(wire, start, sizes)
    kind = wire[offset] << 8 | wire[offset + 1]
    dnsClass = wire[offset + 2] << 8 | wire[offset + 3]
    ttl = int.from_bytes(wire[offset + 4 : offset + 8], "big")
    data = offset + 10
    end = data + (wire[offset + 8] << 8 | wire[offset + 9])
    names: list[bytes] = []
    first = last = end
    layout = OLD.get(kind) or WRITTEN_OUT.get(kind) or ((2, 1) if kind in _SERVICES else None)
    if layout is not None and end > data:
        first = last = data + layout[0]
        if kind == NAPTR:
            for _ in range(STRINGS):
                first = last = last + 1 + wire[last]
        for _ in range(layout[1]):
            at = last
            last = skipName(wire, at, sizes)
            names.append(nameThere(wire, at))
        if last > end:
            raise FormatError("RDATA of another length than what is in it")
    owner = nameThere(wire, start)
    found.append(PlainRecord(section, owner, kind, dnsClass, ttl, wire[data:first], names, wire[last:end]))
    return end


def laid(
    records: Iterable[PlainRecord], question: bytes, flags: int, rcode: int = 0, errors: Errors = ()
) -> Answer:
    """
    An answer of these records, which stand in the order of their sections.

    @param question: the one that it is for. Names of records that are the one asked for take its case.
    @raise FormatError: where a name is too long, or all is too much for a message.
    """
    counts = [0, 0, 0]
    pieces: list[bytes] = []
    asked = question[:-4].lower()
    for each in records:
        counts[each.section] += 1
        data = each.data
        pieces.append(_QNAME if each.owner.lower() == asked else each.owner)
        pieces.append(each.kind.to_bytes(2, "big") + each.dnsClass.to_bytes(2, "big"))
        pieces.append(each.ttl.to_bytes(4, "big") + len(data).to_bytes(2, "big") + data)
    total = sum(counts)
    heads = b"".join([each.to_bytes(2, "big") for each in counts])
    start = 12 + len(question)
    body = compressed(bytes(6) + heads + question + b"".join(pieces), start, total, MAXIMUM - start)
    if body is None:
        raise FormatError("more than a message has room for")
    return Answer(flags, rcode, heads, body, ttlsIn(body, total), errors)
