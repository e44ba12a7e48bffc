"""Messages that are made to cost whoever reads them."""

from __future__ import annotations

import struct

from tests.interop.asking import query

_QUERY = struct.pack("!6H", 0x0666, 0x0100, 1, 0, 0, 0)
_LARGEST = 65_535
_A = b"\0\1\0\1"
# The rest of a record of type NULL, without data.
_NULL = b"\0\x0a\0\1" + bytes(6)
_RECORD = 14
_LABELS = 120


def asked(name: str, number: int = 0, type: str = "A") -> bytes:
    """A query with EDNS."""
    made = query(name, type)
    made.id = number & 0xFFFF
    return made.to_wire()


def responses() -> list[bytes]:
    """QR=1: answers that nobody has asked for, right and wrong ones, and a header alone."""
    whole = bytearray(asked("n0.example.org"))
    whole[2] |= 0x80
    refused = bytes(whole[:3]) + b"\5" + bytes(whole[4:])
    return [bytes(whole), refused, bytes(whole[:12])]


def pointerBombs(largest: int = _LARGEST) -> list[bytes]:
    """
    Names that never end, or that are put together of thousands of pieces (RFC 1035 section 4.1.4).

    @param largest: octets of the longest ones.
    """
    return [
        _QUERY + b"\xc0\x0c" + _A,
        _QUERY + b"\xc0\x0e\xc0\x0c" + _A,
        _QUERY + b"\1a\xc0\x0c" + _A,
        _QUERY + b"\xff\xff" + _A,
        _chain(largest),
        _records(largest),
    ]


def _chain(largest: int) -> bytes:
    """A name that is a pointer to a pointer, and so on, each to the one behind it."""
    places = range(12, min(largest - 8, 0x3FFF - 2), 2)
    pointers = b"".join(struct.pack("!H", 0xC000 | (at + 2)) for at in places)
    return _QUERY + pointers + b"\0" + _A


def _records(largest: int) -> bytes:
    """Thousands of records, each of whose names is a label before the name of the record before it."""
    number = (largest - 100) // _RECORD
    octets = bytearray(_QUERY[:10] + struct.pack("!H", number) + b"\1a\0" + _A)
    name = 12
    for count in range(number):
        at = len(octets)
        octets += b"\1b" + struct.pack("!H", 0xC000 | name) + _NULL
        # A name has 127 labels at the most, and a pointer 14 bits.
        name = at if at < 0x3FFF and (count + 1) % _LABELS else 12
    return bytes(octets)


def largeQuestions() -> list[bytes]:
    """As large as a frame of TCP may be: one question with padding; questions alone; labels alone."""
    name = b"\1a\7example\3org\0"
    head = _QUERY[:10] + b"\0\1" + name + _A
    room = _LARGEST - len(head) - 11
    padded = head + b"\0\0\x29\x04\xd0" + bytes(4) + struct.pack("!HHH", room, 12, room - 4) + bytes(room - 4)
    number = (_LARGEST - 12) // 5
    many = _QUERY[:4] + struct.pack("!H", number) + bytes(6) + (b"\0" + _A) * number
    labels = _QUERY + (b"\x3f" + b"a" * 63) * 1020 + b"\0" + _A
    return [padded, many, labels]
