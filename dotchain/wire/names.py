"""Domain names as they stand on the wire: skipped, checked and folded, never decoded."""

from __future__ import annotations

from .errors import FormatError

LONGEST = 255


def skipPlainName(wire: bytes, start: int) -> int:
    """
    The offset behind an uncompressed name; IndexError where the octets run out.

    @raise FormatError: for a pointer or a reserved label type (RFC 1035 section
        4.1.4), or more than 255 octets (section 2.3.4).
    """
    offset = start
    while length := wire[offset]:
        if length > 63:
            raise FormatError("label type in a question")
        offset += length + 1
    if offset - start >= LONGEST:
        raise FormatError("name over 255 octets")
    return offset + 1


def skipName(wire: bytes, start: int) -> int:
    """
    The offset behind a name that may be compressed, checked to its end.

    Each pointer must lead to before the start of the piece that it ends, so no chain
    of them can loop (RFC 1035 section 4.1.4: "a prior occurrence").

    @raise FormatError: for reserved label types, pointers that lead forward, and
        names over 255 octets.
    """
    offset, piece, end, size = start, start, 0, 0
    while length := wire[offset]:
        if length < 64:
            offset += length + 1
            size += length + 1
        elif length >= 0xC0:
            target = (length & 0x3F) << 8 | wire[offset + 1]
            end = end or offset + 2
            if target >= piece or target < 12:
                raise FormatError("compression pointer leads forward")
            offset = piece = target
        else:
            raise FormatError("reserved label type")
        if size >= LONGEST:
            raise FormatError("name over 255 octets")
    return end or offset + 1


def stepName(wire: bytes, offset: int) -> int:
    """The offset behind a name that has been checked already; no pointer is followed."""
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
    return question[:-4].lower() + question[-4:]
