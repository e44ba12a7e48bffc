"""Queries of all sorts, the same ones for the same seed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from tests.conformance.message import AA, AD, CD, RA, RD, TC, TSIG, Message, eopt, labels, optrr, rr, wireName

from .zone import AUTHORITATIVE, BOGUS, VALIDATED, Owner, owners

_COMMON = (1, 28, 2, 5, 6, 12, 15, 16, 33, 35, 39, 43, 46, 47, 48, 50, 51, 52, 64, 65, 99, 255, 257, 65280)
_META = (0, 41, 128, 249, 250, 251, 252, 253, 254)
_CLASSES = (3, 4, 254, 255, 2, 42)
_OUTSIDE = ("example.", "www.example.net.", "test.", ".", "local.test.", "nx.local.test.", "version.bind.")
_SIZES = (0, 100, 511, 512, 513, 1200, 1231, 1232, 1233, 1400, 4096, 65535)
_CHAOS = ("version.bind.", "id.server.", "hostname.bind.", "authors.bind.", "version.server.")

OPCODE = "opcode"
"""The fault of what is no query but may be a good message."""


class Case(NamedTuple):
    """
    One query.

    @ivar wire: its octets behind the ID.
    @ivar fault: what is wrong with it; empty for what is a query.
    @ivar behind: octets that are sent behind its end.
    """

    wire: bytes
    fault: str = ""
    behind: bytes = b""

    def message(self) -> Message:
        """
        It taken apart.

        @raise AssertionError: for most that are faulty.
        """
        return Message(bytes(2) + self.wire)

    def stripped(self) -> Case:
        """The same question with RD, AD, CD, DO and the size of UDP payload, and nothing else."""
        query = self.message()
        opt = b"" if query.opt is None else optrr(size=query.opt.dnsClass, do=query.do)
        return Case(_made(query.question + opt, (1, 0, 0, bool(opt)), query.flags & (RD | AD | CD)))


class Queries:
    """A source of queries from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._owners = {origin: owners(origin) for origin in (AUTHORITATIVE, VALIDATED, BOGUS)}

    def take(self, count: int) -> Iterator[Case]:
        """So many queries, some of them the same but for a bit or the case of their names."""
        for _ in range(count):
            yield self._one()

    def _often(self, share: float) -> bool:
        return self._random.random() < share

    def _one(self) -> Case:
        draw = self._random.random()
        if draw < 0.02:
            return self._faulty()
        if draw < 0.03:
            return Case(self._message(self._random.choice((1, 2, 3, 4, 5, 6, 15))), OPCODE)
        return Case(self._message(), behind=b"junk" if self._often(0.01) else b"")

    def _message(self, opcode: int = 0) -> bytes:
        owner = self._owner()
        name, kind, dnsClass = self._name(owner), self._type(owner), self._class()
        if kind == 255 and owner.resolved:
            # A resolver's answer to ANY is what others have asked for.
            kind = 1
        if dnsClass == 255 and (not owner.resolved or len(name) < len(owner.name)):
            # Unbound looks for any class of names elsewhere without end.
            dnsClass = 254
        if dnsClass == 3 and self._often(0.8):
            name, kind = wireName(self._random.choice(_CHAOS)), 16
        signature = _SIGNATURE if self._often(0.01) else b""
        records = [record for record in (self._otherRecord(), self._opt(), signature) if record]
        flags = self._flags() | opcode << 11
        asks = name + struct.pack("!HH", kind, dnsClass)
        return _made(asks + b"".join(records), (1, 0, 0, len(records)), flags)

    def _owner(self) -> Owner:
        draw = self._random.random()
        if draw < 0.04:
            return Owner(wireName(self._random.choice(_OUTSIDE)), (1, 16))
        origin = AUTHORITATIVE if draw < 0.7 else VALIDATED if draw < 0.95 else BOGUS
        return self._random.choice(self._owners[origin])

    def _name(self, owner: Owner) -> bytes:
        """The owner's name, or one near it, in any case."""
        draw, name = self._random.random(), owner.name
        if draw < 0.25:
            more = self._random.choice((b"nx", b"*", b"\0", b"\xff\x80", b"a" * 63, b"a.b", b"x y", b"wild"))
            name = labels(*([more] * self._random.choice((1, 1, 1, 2, 20))))[:-1] + name
        elif draw < 0.35 and len(name) > 1:
            name = name[1 + name[0] :]
        elif draw < 0.38:
            name = (
                labels(bytes(self._random.randrange(256) for _ in range(self._random.randint(1, 63))))[:-1]
                + name
            )
        name = name if len(name) <= 255 else owner.name
        return self._cased(name) if self._often(0.4) else name

    def _cased(self, name: bytes) -> bytes:
        """The same with letters in any case, as 0x20 does it; length octets are no letters."""
        mixed = bytearray(name)
        for at, octet in enumerate(name):
            if chr(octet) in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" and self._often(0.5):
                mixed[at] = octet ^ 0x20
        return bytes(mixed)

    def _type(self, owner: Owner) -> int:
        draw = self._random.random()
        if draw < 0.6 and owner.types:
            return self._random.choice(owner.types)
        if draw < 0.93:
            return self._random.choice(_COMMON)
        return self._random.choice(_META) if draw < 0.945 else self._random.randrange(65536)

    def _class(self) -> int:
        return self._random.choice(_CLASSES) if self._often(0.03) else 1

    def _flags(self) -> int:
        flags = RD if self._often(0.8) else 0
        flags |= AD if self._often(0.3) else 0
        flags |= CD if self._often(0.2) else 0
        if self._often(0.05):
            flags |= self._random.choice((0x40, AA, TC, RA, AA | TC | RA | 0x40, 3, 15))
        return flags

    def _otherRecord(self) -> bytes:
        """Mostly nothing; else an additional record, which means nothing in a query."""
        return rr(b"\1x\0", 1, b"\x7f\0\0\1", 0) if self._often(0.01) else b""

    def _opt(self) -> bytes:
        if self._often(0.3):
            return b""
        size = self._random.choice(_SIZES) if self._often(0.7) else self._random.randrange(65536)
        options = b""
        if self._often(0.4):
            count = self._random.choice((1, 1, 1, 2, 3))
            options = b"".join(self._option(64000 // count) for _ in range(count))
        made = optrr(options, size=size, do=self._often(0.5))
        if self._often(0.05):
            made = made[:7] + bytes([made[7] | self._random.choice((0x40, 0x20, 0x01))]) + made[8:]
        return made

    def _option(self, most: int) -> bytes:
        code, data = self._random.choice(_OPTIONS)
        if code == _LARGE and not data:
            data = bytes(self._random.choice((300, 1400, 9000, most)))
        return eopt(code, data)

    def _faulty(self) -> Case:
        fault = self._random.choice(tuple(_FAULTS))
        return Case(_FAULTS[fault], fault)


_SIGNATURE = rr(
    b"\3key\0", TSIG, b"\x0bhmac-sha256\0" + bytes(6) + b"\1\x2c\0\x20" + bytes(38), ttl=0, dnsClass=255
)
"""A TSIG record of a key that nobody has (RFC 8945 section 4.2)."""

_LARGE = 65001
_SUBNETS = (b"\0\1\x18\0\xc0\0\2", b"\0\1\0\0", b"\0\2\x38\0" + bytes(7))
_OPTIONS: tuple[tuple[int, bytes], ...] = (
    (3, b""),
    (5, b"\x08\x0d"),
    (6, b"\1\2"),
    (7, b"\1"),
    *((8, data) for data in _SUBNETS),
    (8, b"\0\1\x20\0\1"),
    (9, b""),
    (10, bytes(range(8))),
    (10, bytes(range(24))),
    (10, bytes(5)),
    (11, b""),
    (11, b"\0\x64"),
    (12, b""),
    (12, bytes(100)),
    (12, b"\1\2\3"),
    (13, b"\4test\0"),
    (14, b"\x12\x34"),
    (15, b"\0\1text"),
    (18, b"\4test\0"),
    (20292, b"device"),
    (_LARGE, b""),
    (_LARGE, b"whatever"),
)
"""Options, right and wrong; an empty one without a meaning is made large."""


_QUESTION = b"\3foo\4diff\4test\0\0\1\0\1"


def _made(behind: bytes = b"", counts: tuple[int, int, int, int] = (1, 0, 0, 0), flags: int = RD) -> bytes:
    return struct.pack("!HHHHH", flags, *counts) + behind


_FAULTS: dict[str, bytes] = {
    "response": _made(_QUESTION, flags=RD | 0x8000),
    "no question": _made(counts=(0, 0, 0, 0)),
    "question missing": _made(),
    "two questions": _made(_QUESTION * 2, (2, 0, 0, 0)),
    "two OPT": _made(_QUESTION + optrr() * 2, (1, 0, 0, 2)),
    "EDNS version 1": _made(_QUESTION + optrr(version=1), (1, 0, 0, 1)),
    "EDNS version 255": _made(_QUESTION + optrr(version=255, do=True), (1, 0, 0, 1)),
    "option too long": _made(_QUESTION + optrr(b"\0\3\0\x09ab"), (1, 0, 0, 1)),
    "OPT not at the root": _made(_QUESTION + b"\1x" + optrr(), (1, 0, 0, 1)),
    "OPT as answer": _made(_QUESTION + optrr(), (1, 1, 0, 0)),
    "OPT cut off": _made(_QUESTION + optrr()[:-3], (1, 0, 0, 1)),
    "pointer": _made(b"\3foo\xc0\x0c\0\1\0\1"),
    "label type": _made(b"\x43foo\0\0\1\0\1"),
    "name too long": _made(labels(*[b"x" * 62] * 4, b"12") + b"\0\1\0\1"),
    "cut off": _made(_QUESTION[:8]),
}
"""What is wrong with a message, and the message."""
