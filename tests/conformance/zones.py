"""A nameserver that gives zones away, piece by piece; the first label of the zone says how."""

from __future__ import annotations

import re
import struct

from ..interop.asked import Asked
from .message import SOA, A, Message, rr, tsig

OWNER = b"\1o\1z\0"
"""Whose all records are."""

PIECE = 1000
"""Records a message: about 19,000 octets."""


def serial(number: int) -> bytes:
    """An SOA record with this serial number."""
    return rr(OWNER, SOA, b"\1m\0\1h\0" + struct.pack("!5I", number, 2, 3, 4, 5))


def hosts(count: int, start: int = 0) -> list[bytes]:
    """So many address records."""
    return [rr(OWNER, A, struct.pack("!I", start + number)) for number in range(count)]


def whole(messages: int) -> list[list[bytes]]:
    """A zone in so many messages."""
    parts = [hosts(PIECE, PIECE * number) for number in range(messages)]
    parts[0].insert(0, serial(7))
    parts[-1].append(serial(7))
    return parts


def differences() -> list[list[bytes]]:
    """From version 5 to 7 in two steps, cut up where it hurts."""
    records = [
        serial(7),
        serial(5),
        *hosts(3),
        serial(6),
        *hosts(2),
        serial(6),
        serial(7),
        *hosts(1),
        serial(7),
    ]
    return [records[:1], records[1:6], records[6:9], records[9:]]


def piece(asked: Asked, records: list[bytes], first: bool, rcode: int = 0, signed: bool = False) -> bytes:
    """One message; all but the first go without the question."""
    asks = Message(asked.wire).question if first else b""
    more = tsig(int.from_bytes(asked.wire[:2], "big")) if signed else b""
    opcode = asked.wire[2] & 0x78
    header = struct.pack("!HHHHH", 0x8400 | opcode << 8 | rcode, first, len(records), 0, signed)
    return asked.wire[:2] + header + asks + b"".join(records) + more


def byZone(asked: Asked) -> None:
    """The script."""
    opcode = asked.wire[2] >> 3 & 15
    word, digits = re.fullmatch(r"([a-z]*)(\d*)", asked.label).groups()  # type: ignore[union-attr]
    number = int(digits or 0)
    if opcode:
        _message(asked, word, number)
    elif Message(asked.wire).question[-4:-2] not in (b"\0\xfb", b"\0\xfc"):
        asked.send(piece(asked, hosts(1), True))
    else:
        _TRANSFERS.get(word, _none)(asked, number)


def _message(asked: Asked, word: str, number: int) -> None:
    if word == "close":
        asked.close()
    elif word != "drop":
        asked.send(asked.wire[:2] + bytes((0x80 | asked.wire[2] & 0x78, number)) + bytes(8))


def _send(asked: Asked, parts: list[list[bytes]], every: float = 0.0, signed: bool = False) -> None:
    for number, part in enumerate(parts):
        asked.send(piece(asked, part, not number, signed=signed), every * number)


def _closes(asked: Asked, number: int) -> None:
    _send(asked, whole(5)[:number])
    asked.close()


def _none(asked: Asked, number: int) -> None:
    asked.send(piece(asked, [], True, number or 9))


def _endless(asked: Asked, _: int) -> None:
    """Records for as long as somebody reads, at the most 400 MB."""
    asked.send(piece(asked, [serial(7)], True))
    part = piece(asked, hosts(3000), False)
    left = [400_000_000 // len(part)]

    def more() -> None:
        if left[0] and not asked.closing and asked.unsent < 1 << 20:
            for _ in range(20):
                asked.send(part)
            left[0] -= 20
        if not asked.closing:
            asked.call(0.002, more)

    more()


_TRANSFERS = {
    "zone": lambda asked, n: _send(asked, whole(n)),
    "slow": lambda asked, n: _send(asked, whole(n), 0.25),
    "signed": lambda asked, n: _send(asked, whole(n), signed=True),
    "closes": _closes,
    "differs": lambda asked, n: _send(asked, differences()),
    "same": lambda asked, n: _send(asked, [[serial(n)]]),
    "instead": lambda asked, n: _send(asked, whole(2)),
    "headless": lambda asked, n: _send(asked, [hosts(n), [serial(7)]]),
    "endless": _endless,
}
