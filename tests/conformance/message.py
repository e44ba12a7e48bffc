"""DNS messages as octets, made and taken apart by no library, which might put them right."""

from __future__ import annotations

import secrets
import struct
from typing import NamedTuple

A, NS, CNAME, SOA, TXT, AAAA, SRV, OPT, RRSIG, NSEC, TSIG, AXFR, IXFR = (
    *(1, 2, 5, 6, 16, 28, 33),
    *(41, 46, 47, 250, 252, 251),
)
FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, BADVERS = 1, 2, 3, 4, 5, 16
AA, TC, RD, RA, AD, CD = 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010
NSID, DAU, ECS, COOKIE, KEEPALIVE, PADDING, CHAIN, EDE, MQTYPE = 3, 5, 8, 10, 11, 12, 13, 15, 20

_HEADER = struct.Struct("!HHHHHH")
_FIXED = struct.Struct("!HHIH")


def wireName(name: str | bytes) -> bytes:
    """A name in presentation form without escapes; octets are a name already."""
    if isinstance(name, bytes):
        return name
    return labels(*(label.encode() for label in name.strip(".").split(".") if label))


def labels(*parts: bytes) -> bytes:
    """A name of these labels, whatever octets are in them."""
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def question(name: str | bytes, type: int = A, dnsClass: int = 1) -> bytes:
    """The octets of one question."""
    return wireName(name) + struct.pack("!HH", type, dnsClass)


def query(
    name: str | bytes,
    type: int = A,
    dnsClass: int = 1,
    *,
    id: int | None = None,
    flags: int = RD,
    opt: bytes = b"",
    questions: int = 1,
) -> bytes:
    """
    A query.

    @param id: its ID; a random one by default.
    @param opt: an OPT record.
    @param questions: QDCOUNT, while one question is there.
    """
    number = secrets.randbelow(65536) if id is None else id
    header = _HEADER.pack(number, flags, questions, 0, 0, bool(opt))
    return header + question(name, type, dnsClass) + opt


def lacking(wire: bytes) -> bytes:
    """The same message, whose header counts one additional record more than there is."""
    return wire[:11] + bytes([wire[11] + 1]) + wire[12:]


def eopt(code: int, data: bytes = b"") -> bytes:
    """One EDNS option."""
    return struct.pack("!HH", code, len(data)) + data


def optrr(
    *options: bytes, size: int = 1232, do: bool = False, version: int = 0, extended: int = 0, flags: int = 0
) -> bytes:
    """An OPT record; its flags may be more than DO."""
    data = b"".join(options)
    flags |= 0x8000 if do else 0
    return b"\0" + struct.pack("!HHBBHH", OPT, size, extended, version, flags, len(data)) + data


def rr(owner: bytes, type: int, data: bytes, ttl: int = 300, dnsClass: int = 1) -> bytes:
    """A record; the owner as it is to stand there, a pointer maybe."""
    return owner + _FIXED.pack(type, dnsClass, ttl, len(data)) + data


def tsig(id: int) -> bytes:
    """A TSIG record of a key that nobody else has (RFC 8945 section 4.2)."""
    algorithm = b"\x0bhmac-sha256\0"
    data = algorithm + bytes(6) + b"\1\x2c\0\x20" + secrets.token_bytes(32) + struct.pack("!HHH", id, 0, 0)
    return rr(b"\1k\0", TSIG, data, 0, 255)


def sign(wire: bytes) -> bytes:
    """A query with a TSIG record behind it."""
    count = int.from_bytes(wire[10:12], "big") + 1
    return wire[:10] + count.to_bytes(2, "big") + wire[12:] + tsig(int.from_bytes(wire[:2], "big"))


class Record(NamedTuple):
    """
    A record as it stands in a message, its owner without compression.

    @ivar section: 0 answer, 1 authority, 2 additional.
    """

    owner: bytes
    type: int
    dnsClass: int
    ttl: int
    data: bytes
    section: int


class Message:
    """
    A whole message, every octet of it accounted for.

    @ivar question: the question section's octets.
    @ivar records: all records, OPT too.
    @ivar starts: where the data of each stands.
    """

    def __init__(self, wire: bytes) -> None:
        """@raise AssertionError: where counts and octets don't agree."""
        assert len(wire) >= 12, wire.hex()
        self.wire = wire
        self.id, self.flags, self.questions, *counts = _HEADER.unpack_from(wire)
        self.counts = tuple(counts)
        offset = 12
        for _ in range(self.questions):
            offset = expand(wire, offset)[1] + 4
        self.question = wire[12:offset]
        self.records: list[Record] = []
        self.starts: list[int] = []
        for section, count in enumerate(counts):
            for _ in range(count):
                owner, offset = expand(wire, offset)
                kind, dnsClass, ttl, length = _FIXED.unpack_from(wire, offset)
                offset += 10 + length
                self.starts.append(offset - length)
                self.records.append(
                    Record(owner, kind, dnsClass, ttl, wire[offset - length : offset], section)
                )
        assert offset == len(wire), f"octets left behind the last record: {wire.hex()}"

    @property
    def opt(self) -> Record | None:
        """The only OPT record."""
        found = [record for record in self.records if record.type == OPT]
        assert len(found) <= 1, found
        return found[0] if found else None

    @property
    def rcode(self) -> int:
        """All twelve bits."""
        return int(self.flags & 15 | (self.opt.ttl >> 20 & 0xFF0 if self.opt else 0))

    @property
    def do(self) -> bool:
        """The DO flag."""
        return bool(self.opt and self.opt.ttl & 0x8000)

    @property
    def options(self) -> list[tuple[int, bytes]]:
        """The EDNS options in their order."""
        found, data = [], self.opt.data if self.opt else b""
        while data:
            code, length = struct.unpack_from("!HH", data)
            found.append((code, data[4 : 4 + length]))
            data = data[4 + length :]
        return found

    @property
    def codes(self) -> list[int]:
        """The options' codes."""
        return [code for code, _ in self.options]

    @property
    def rest(self) -> list[Record]:
        """All records but OPT."""
        return [record for record in self.records if record.type != OPT]

    @property
    def answer(self) -> list[bytes]:
        """The data of the answer section."""
        return [record.data for record in self.records if record.section == 0]

    @property
    def types(self) -> set[int]:
        """The types of all records but OPT."""
        return {record.type for record in self.rest}


def expand(wire: bytes, offset: int) -> tuple[bytes, int]:
    """The name at an offset without compression, and the offset behind it."""
    name, end, hops = b"", 0, 0
    while True:
        length = wire[offset]
        if length >= 0xC0:
            end = end or offset + 2
            offset = int.from_bytes(wire[offset : offset + 2], "big") & 0x3FFF
            hops += 1
            assert hops < 64, "pointers without end"
            continue
        name += wire[offset : offset + 1 + length]
        offset += 1 + length
        if not length:
            return name, end or offset
