"""The extensions of a TLS ClientHello."""

from __future__ import annotations

from struct import Struct
from struct import error as StructError

from .helloreader import UnreadableHello

_SHORT = Struct("!H").unpack_from
_EXTENSION = Struct("!HH").unpack_from


def extension(body: bytes, kind: int) -> bytes | None:
    """
    What is in one of them.

    @param body: a ClientHello without its header (RFC 8446 section 4.1.2).
    @return: None where it has none of that kind.
    @raise UnreadableHello: where its parts are not as long as they say.
    """
    try:
        return _find(body, kind)
    except (StructError, IndexError):
        raise UnreadableHello from None


def _find(body: bytes, wanted: int) -> bytes | None:
    # Version and random, then three vectors, then extensions, which may be missing.
    offset = 35 + body[34]
    offset += 2 + _SHORT(body, offset)[0]
    offset += 1 + body[offset]
    end = len(body)
    if offset == end:
        return None
    if offset + 2 + _SHORT(body, offset)[0] != end:
        raise UnreadableHello
    offset += 2
    while offset < end:
        kind, length = _EXTENSION(body, offset)
        offset += 4
        if kind == wanted and offset + length <= end:
            return body[offset : offset + length]
        offset += length
    if offset != end:
        raise UnreadableHello
    return None
