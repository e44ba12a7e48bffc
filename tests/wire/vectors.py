"""Messages octet by octet: malformed ones, and a builder that normalizes nothing."""

from __future__ import annotations

from struct import pack

QUESTION = bytes.fromhex("026f6b01740000010001")
"""C{ok.t. IN A}."""

LONGEST_NAME = b"".join(b"\x3f" + bytes([letter]) * 63 for letter in b"abc") + b"\x3d" + b"d" * 61 + b"\0"
"""A name of 255 octets."""

RECORD = (1, b"\xc0\x00\x02\x01")
"""Type and RDATA of an address record."""


def header(flags: int = 0x0100, *counts: int) -> bytes:
    """A header with ID 0x1234; the counts not given are 0, QDCOUNT 1 if none is."""
    counts = counts or (1,)
    return pack("!6H", 0x1234, flags, *counts, *[0] * (4 - len(counts)))


def record(
    kind: int, data: bytes, owner: bytes = b"\xc0\x0c", ttl: int = 300, length: int | None = None
) -> bytes:
    """A resource record of class IN; its RDLENGTH may lie."""
    return owner + pack("!HHIH", kind, 1, ttl, len(data) if length is None else length) + data


def opt(
    *options: tuple[int, bytes],
    size: int = 1232,
    flags: int = 0,
    version: int = 0,
    extended: int = 0,
    owner: bytes = b"\0",
) -> bytes:
    """An OPT record."""
    data = b"".join(pack("!HH", code, len(text)) + text for code, text in options)
    return owner + pack("!HHBBHH", 41, size, extended, version, flags, len(data)) + data


TSIG = (
    b"\1k\0\0\xfa\0\xff\0\0\0\0\0\x3d\x0bhmac-sha256\0"
    + bytes(6)
    + b"\1\x2c\0\x20"
    + b"M" * 32
    + b"\x12\x34\0\0\0\0"
)
"""A TSIG record (RFC 8945 section 4.2)."""

SIG0 = record(24, bytes(18) + b"\0" + bytes(64), owner=b"\0", ttl=0)
"""A SIG(0) record (RFC 2931 section 3)."""


def query(*records: bytes, flags: int = 0x0100, question: bytes = QUESTION) -> bytes:
    """A query with these records in its additional section."""
    return header(flags, 1, 0, 0, len(records)) + question + b"".join(records)


def response(
    *answers: bytes,
    authority: tuple[bytes, ...] = (),
    additional: tuple[bytes, ...] = (),
    flags: int = 0x8180,
    question: bytes = QUESTION,
) -> bytes:
    """A response with these records."""
    counts = (1, len(answers), len(authority), len(additional))
    return header(flags, *counts) + question + b"".join(answers + authority + additional)


_OPT = "00002904d0000000000000"
_OK = "026f6b01740000010001"
FORMERR, NOTIMP, BADVERS = 1, 4, 16

MALFORMED: dict[str, tuple[bytes, int | None]] = {
    "V1, a name that points at itself": (bytes.fromhex("123401000001000000000000c00c00010001"), FORMERR),
    "V2, two pointers that chase each other": (
        bytes.fromhex("123401000001000000000000c00ec00c00010001"),
        FORMERR,
    ),
    "V3, a pointer past the end": (bytes.fromhex("123401000001000000000000c0ff00010001"), FORMERR),
    "V4, label type 0x40": (bytes.fromhex("12340100000100000000000041610000010001"), FORMERR),
    "V4b, label type 0x80": (bytes.fromhex("12340100000100000000000081610000010001"), FORMERR),
    "V5, eleven octets": (bytes.fromhex("1234010000010000000000"), None),
    "V6, QDCOUNT 2 and one question": (bytes.fromhex("123401000002000000000000" + _OK), FORMERR),
    "V7, QDCOUNT 0 with a cookie": (
        bytes.fromhex("12340100000000000000000100002904d000000000000c000a00080001020304050607"),
        FORMERR,
    ),
    "V8, two OPT records": (bytes.fromhex("123401000001000000000002" + _OK + _OPT + _OPT), FORMERR),
    "V9, an option that runs over": (
        bytes.fromhex("123401000001000000000001" + _OK + "00002904d0000000000004000c00ff"),
        FORMERR,
    ),
    "V10, EDNS version 1": (
        bytes.fromhex("123401000001000000000001" + _OK + "00002904d0000100000000"),
        BADVERS,
    ),
    "V11, a response": (bytes.fromhex("123481800001000000000000" + _OK), None),
    "V12, opcode 15": (bytes.fromhex("123478000000000000000000"), NOTIMP),
    "V13b, a name of 256 octets": (
        header() + LONGEST_NAME[:192] + b"\x3e" + b"d" * 62 + b"\0\0\1\0\1",
        FORMERR,
    ),
    "V14, RDLENGTH past the end": (
        bytes.fromhex("123401000001000000000001" + _OK + "c00c000100010000003c019001020304"),
        FORMERR,
    ),
    "V15, a DSO request": (bytes.fromhex("1234300000000000000000000001000800003a9800003a98"), NOTIMP),
}
"""What is no query, by name: the octets, and the RCODE to answer or None for silence."""

WITH_OPT = {
    "V7, QDCOUNT 0 with a cookie",
    "V8, two OPT records",
    "V9, an option that runs over",
    "V10, EDNS version 1",
}
"""Those of them whose response needs an OPT record."""
