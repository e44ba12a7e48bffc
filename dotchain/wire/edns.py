"""The OPT record (RFC 6891): taken apart when it arrives, minted anew for each hop."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from struct import error as StructError
from typing import Final

from .codes import BADVERS, DO, EDE, OPT, PADDING, UDP_SIZE
from .errors import FormatError

_OPT: Final = Struct("!BHHBBHH")
_OPTION: Final = Struct("!HH")
_CODE: Final = Struct("!H")

# RFC 8467 section 4.1: the block lengths for queries and for responses.
QUERY_BLOCK: Final = 128
RESPONSE_BLOCK: Final = 468

# Records above this many octets are not remembered, so that nobody fills the memory. A response padded to a
# block of 468 octets (RFC 8467 section 4.1) has up to 460 of them in its OPT: to parse it takes 1.2 µs.
_SHORT: Final = 512
# And no more of them than that.
_MOST: Final = 1024

# Octets of EXTRA-TEXT that are passed on.
_LONG_TEXT: Final = 512


class Edns:
    """
    What the sender of a message says of himself.

    @ivar size: octets of UDP payload that he takes, at least 512 (RFC 6891 section 6.2.3).
    @ivar extended: the upper eight bits of the RCODE.
    @ivar version: the EDNS version.
    @ivar do: DNSSEC records are wanted (RFC 3225).
    @ivar options: the options' octets, known to be whole if the version is 0.
    @ivar codes: the codes of the options.
    """

    __slots__ = ("codes", "do", "extended", "options", "size", "version")

    def __init__(
        self, size: int, extended: int, version: int, do: bool, options: bytes, codes: frozenset[int]
    ) -> None:
        self.size = size
        self.extended = extended
        self.version = version
        self.do = do
        self.options = options
        self.codes = codes

    def option(self, code: int) -> bytes | None:
        """The data of the first option of this code, or None."""
        return next((data for found, data in eachOption(self.options) if found == code), None)


def eachOption(options: bytes) -> Iterator[tuple[int, bytes]]:
    """
    Each option in the RDATA of an OPT record, as (code, data).

    @raise FormatError: where one runs over the end (RFC 6891 section 7).
    """
    offset, end = 0, len(options)
    while offset < end:
        try:
            code, length = _OPTION.unpack_from(options, offset)
        except StructError:
            raise FormatError("octets behind the last EDNS option") from None
        offset += 4 + length
        if offset > end:
            raise FormatError("EDNS option runs over its record")
        yield code, options[offset - length : offset]


def parse(record: bytes) -> Edns:
    """
    Take an OPT record apart.

    @raise FormatError: where it is none, is cut off, or the options don't fill it exactly.
    """
    if len(record) > _SHORT:
        return _parse(record)
    # Most clients send the same few records for ever.
    edns = _remembered.get(record)
    if edns is None:
        edns = _parse(record)
        if len(_remembered) >= _MOST:
            _remembered.clear()
        _remembered[record] = edns
    return edns


_remembered: Final[dict[bytes, Edns]] = {}


def _parse(record: bytes) -> Edns:
    try:
        owner, kind, size, extended, version, flags, length = _OPT.unpack_from(record)
    except StructError:
        raise FormatError("OPT is cut off") from None
    if owner or kind != OPT:
        raise FormatError("OPT of another owner than the root, or another record")
    if len(record) != 11 + length:
        raise FormatError("OPT of another length than its octets")
    options = record[11:]
    try:
        codes = frozenset([code for code, _ in eachOption(options)])
    except FormatError:
        if not version:
            raise
        codes = frozenset()
    return Edns(max(size, 512), extended, version, bool(flags & DO), options, codes)


def parseQuery(record: bytes) -> Edns:
    """
    The same for a query, whose version we must know.

    @raise FormatError: BADVERS for any version but 0 (RFC 6891 section 6.1.3).
    """
    edns = parse(record)
    if edns.version:
        raise FormatError("EDNS version is not 0", BADVERS)
    return edns


def record(do: bool, extended: int = 0, options: bytes = b"") -> bytes:
    """An OPT record of ours: our size, version 0, no flag but DO."""
    return _OPT.pack(0, OPT, UDP_SIZE, extended, 0, DO if do else 0, len(options)) + options


def option(code: int, data: bytes) -> bytes:
    """One option as it stands on the wire."""
    return _OPTION.pack(code, len(data)) + data


def errorOption(code: int, text: str) -> bytes:
    """
    An extended DNS error (RFC 8914 section 2) with its EXTRA-TEXT, which is cut where
    it is long.
    """
    data = text.encode()
    if len(data) > _LONG_TEXT:
        data = data[:_LONG_TEXT].decode("utf-8", "ignore").encode()
    return option(EDE, _CODE.pack(code) + data)


def padding(length: int, block: int, most: int) -> bytes:
    """
    The Padding option (RFC 7830) that fills a message up to a whole number of blocks
    (RFC 8467 section 4.1), zeros as RFC 7830 section 3 wants.

    @param length: octets of the message without this option.
    @param block: octets of a block.
    @param most: octets that the message must not pass.
    @return: the option, or nothing where there is no room even for an empty one.
    """
    room = min(-(length + 4) % block, most - length - 4)
    return option(PADDING, bytes(room)) if room >= 0 else b""


BARE: Final[tuple[bytes, ...]] = (record(False), record(True))
"""The OPT records without options, by DO."""
