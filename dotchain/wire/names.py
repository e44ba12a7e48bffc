"""Domain names as they stand on the wire: skipped, checked, folded, and put together of their pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .errors import FormatError

if TYPE_CHECKING:
    from mypy_extensions import i64

LONGEST: Final = 255
_LABELS: Final = 128

# Above this size a message is cut down before its name is walked: a name of 30,000
# labels is not worth 3 ms.
_LARGE: Final = 1232


def skipPlainName(wire: bytes, start: i64) -> i64:
    """
    The offset behind an uncompressed name; IndexError where the octets run out, those
    behind the longest name not counted.

    @raise FormatError: for a pointer or a reserved label type (RFC 1035 section
        4.1.4), or more than 255 octets (section 2.3.4).
    """
    if len(wire) > _LARGE:
        wire = wire[: start + LONGEST]
    offset = start
    length: i64
    while length := wire[offset]:
        if length > 63:
            raise FormatError("label type in a question")
        offset += length + 1
    if offset - start >= LONGEST:
        raise FormatError("name over 255 octets")
    return offset + 1


def skipName(wire: bytes, start: i64, sizes: dict[int, int]) -> i64:
    """
    The offset behind a name that may be compressed, checked to its end.

    @param sizes: how long the names are that pointers have led to so far, by their
        offsets. Each is measured once, so that no message costs more than in
        proportion to its octets.
    @raise FormatError: for reserved label types, pointers that lead forward, and
        names over 255 octets.
    """
    offset = start
    length: i64
    while 0 < (length := wire[offset]) < 64:
        offset += length + 1
    size, end = offset - start + 1, offset + 1
    if length:
        target = _target(wire, offset, start)
        size += (sizes.get(target) or _measure(wire, target, sizes)) - 1
        end += 1
    if size > LONGEST:
        raise FormatError("name over 255 octets")
    return end


def _measure(wire: bytes, start: i64, sizes: dict[int, int]) -> i64:
    """
    Octets of the name at start without compression.

    Each pointer must lead to before the start of the piece that it ends, so no chain
    of them can loop (RFC 1035 section 4.1.4: "a prior occurrence").
    """
    offset, piece, size = start, start, 0
    passed = []
    while offset not in sizes:
        passed.append((offset, size))
        length = wire[offset]
        if not length:
            sizes[offset] = 1
        elif length < 64:
            offset += length + 1
            size += length + 1
            if size >= LONGEST:
                raise FormatError("name over 255 octets")
        else:
            offset = piece = _target(wire, offset, piece)
    whole = size + sizes[offset]
    for at, before in passed:
        sizes[at] = whole - before
    return whole


def _target(wire: bytes, offset: i64, piece: i64) -> i64:
    """Where the pointer at offset leads, which ends the piece of a name that starts at piece."""
    first: i64 = wire[offset]
    if first < 0xC0:
        raise FormatError("reserved label type")
    target = (first & 0x3F) << 8 | wire[offset + 1]
    if target >= piece or target < 12:
        raise FormatError("compression pointer leads forward")
    return target


def nameThere(wire: bytes, start: i64) -> bytes:
    """
    The name at start without compression, which L{skipName} has checked.

    @raise FormatError: where more pointers lead to it than a name has labels.
    """
    offset = start
    length: i64
    pieces = []
    for _ in range(_LABELS):
        piece = offset
        while 0 < (length := wire[offset]) < 64:
            offset += length + 1
        pieces.append(wire[piece:offset])
        if not length:
            pieces.append(b"\0")
            return b"".join(pieces)
        offset = (length & 0x3F) << 8 | wire[offset + 1]
    raise FormatError("name of too many pieces")


def stepName(wire: bytes, offset: i64) -> i64:
    """The offset behind a name that has been checked already; no pointer is followed."""
    length: i64
    while 0 < (length := wire[offset]) < 64:
        offset += length + 1
    return offset + 2 if length else offset + 1


def fold(question: bytes) -> bytes:
    """
    A question with its name in lower case, for keys and comparisons.

    Only A-Z fold (RFC 4343 section 3), which is what C{bytes.lower} does; length
    octets are below 64 and so stay. QTYPE and QCLASS must not be folded with it:
    HTTPS is 65, an 'A'.
    """
    if question[-3] < 65 and question[-1] < 65 and not (question[-4] or question[-2]):
        # Two octets that are no letters, as those of most types: 0.1 µs less.
        return question.lower()
    return question[:-4].lower() + question[-4:]
