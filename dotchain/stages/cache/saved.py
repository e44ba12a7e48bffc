"""How answers stand in a file: DNS messages, many in a compressed chunk."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from math import ceil
from os import SEEK_END
from struct import Struct
from struct import error as StructError
from typing import BinaryIO, NamedTuple

from ...wire import Answer, FormatError
from ...wire.codes import MAXIMUM, NOERROR, NXDOMAIN, QR, RD, TC
from ...wire.edns import errorOption
from ...wire.edns import record as opt
from ...wire.names import fold, skipPlainName
from .admission import isNegative
from .entry import Entry

_MAGIC = b"dotchain cache "
_VERSION = b"1\n"
# The wall clock and the one that never goes back.
_CLOCKS = Struct("!dd")
# Octets of a chunk as it stands, and unpacked; 0 behind the last one.
_CHUNK = Struct("!II")
# Seconds left, DO and CD, octets of the message.
_RECORD = Struct("!i2sH")
_HEADER = Struct("!2xHH4sH").pack

# A chunk is closed once it has so many octets: a millisecond's work.
_FULL = 16384
_MOST = _FULL + _RECORD.size + MAXIMUM


class NotUsable(Exception):
    """A file that answers can't be taken from; the text says why."""


class Clocks(NamedTuple):
    """
    A moment, as two clocks tell it.

    @ivar wall: seconds since 1970, as far as the machine knows.
    @ivar steady: seconds of a clock that is never set, but begins anew with the machine.
    """

    wall: float
    steady: float

    def since(self, before: Clocks) -> int:
        """
        Seconds that have passed, rather too many: whichever clock was set or began anew tells too few.

        @raise NotUsable: where the wall clock was set back, so that nobody knows.
        """
        if self.wall < before.wall:
            raise NotUsable("was written later than now: the clock was set back")
        return ceil(max(self.wall - before.wall, self.steady - before.steady))


class Saved(NamedTuple):
    """
    An answer out of a file.

    @ivar left: how many seconds it had left when the file was written, below 0 for those it was over.
    """

    key: bytes
    answer: Answer
    left: int
    negative: bool


def head(clocks: Clocks) -> bytes:
    """The beginning of a file."""
    return _MAGIC + _VERSION + _CLOCKS.pack(*clocks)


END = _CHUNK.pack(0, 0)
"""What stands behind the last chunk: a file without it is not whole. A network's mark may follow."""


def chunks(entries: Iterable[Entry], second: int) -> Iterator[bytes]:
    """
    The chunks that hold these entries, each made when it is asked for.

    @param second: the second of the file's L{head}, rounded up.
    """
    plain = bytearray()
    for entry in entries:
        plain += _record(entry, second)
        if len(plain) >= _FULL:
            yield _pack(plain)
            plain.clear()
    if plain:
        yield _pack(plain)


def _pack(plain: bytearray) -> bytes:
    packed = zlib.compress(plain, 1)
    return _CHUNK.pack(len(packed), len(plain)) + packed


def _record(entry: Entry, second: int) -> bytes:
    """Its TTLs are of no interest: they are all what is left."""
    answer, key = entry.current, entry.key
    counts, extra = answer.counts, b""
    if answer.errors:
        extra = opt(False, 0, b"".join([errorOption(code, text) for code, text in answer.errors]))
    additional = int.from_bytes(counts[4:], "big") + bool(extra)
    header = _HEADER(QR | RD | answer.flags | answer.rcode, 1, counts[:4], additional)
    message = b"".join((header, key[:-2], answer.body, extra))
    if len(message) > MAXIMUM:
        return b""
    return _RECORD.pack(entry.expires - second, key[-2:], len(message)) + message


def readHead(file: BinaryIO) -> Clocks:
    """
    When a file was written.

    @raise NotUsable: where it is none of ours.
    """
    if file.read(len(_MAGIC)) != _MAGIC:
        raise NotUsable("is no file of a cache")
    if file.read(len(_VERSION)) != _VERSION:
        raise NotUsable("is of another version")
    octets = file.read(_CLOCKS.size)
    if len(octets) != _CLOCKS.size:
        raise NotUsable("is damaged")
    return Clocks(*_CLOCKS.unpack(octets))


def readNetwork(file: BinaryIO) -> bytes:
    """
    The mark of the network that a file's answers are of: eight octets, zeros where nobody knows.

    @raise OSError: where the file has not even so much.
    """
    file.seek(-_CHUNK.size, SEEK_END)
    mark = file.read()
    file.seek(0)
    return mark


def readChunk(file: BinaryIO) -> list[Saved]:
    """
    The answers of the next chunk; none behind the last one.

    @raise NotUsable: where the file is damaged.
    """
    try:
        length, plain = _CHUNK.unpack(file.read(_CHUNK.size))
        if max(length, plain) > _MOST or bool(length) is not bool(plain):
            raise NotUsable("is damaged")
        return list(_records(_unpack(file.read(length), plain))) if length else []
    except (zlib.error, StructError, IndexError, FormatError):
        raise NotUsable("is damaged") from None


def _unpack(packed: bytes, length: int) -> bytes:
    """What was compressed, whose length and checksum must be right."""
    inflate = zlib.decompressobj()
    plain = inflate.decompress(packed, length + 1)
    if len(plain) != length or not inflate.eof:
        raise NotUsable("is damaged")
    return plain


def _records(plain: bytes) -> Iterator[Saved]:
    offset = 0
    while offset < len(plain):
        left, marks, length = _RECORD.unpack_from(plain, offset)
        offset += _RECORD.size + length
        message = plain[offset - length : offset]
        answer = Answer.parse(message)
        question = message[12 : skipPlainName(message, 12) + 4]
        wrong = answer.rcode not in (NOERROR, NXDOMAIN) or answer.flags & TC or answer.verbatim
        if wrong or marks.strip(b"\0\1") or offset > len(plain):
            raise NotUsable("is damaged")
        yield Saved(fold(question) + marks, answer, left, isNegative(answer, question[-4:-2]))
