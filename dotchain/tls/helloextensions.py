"""The extensions of a TLS ClientHello."""

from __future__ import annotations

from .helloreader import UnreadableHello


def short(octets: bytes, offset: int) -> int:
    """
    A number of two octets. Compiled, it takes a tenth of what a C{Struct} does.

    @raise IndexError: where they are not there.
    """
    return octets[offset] << 8 | octets[offset + 1]


def extension(body: bytes, kind: int) -> bytes | None:
    """
    What is in one of them.

    @param body: a ClientHello without its header (RFC 8446 section 4.1.2).
    @return: None where it has none of that kind.
    @raise UnreadableHello: where its parts are not as long as they say.
    """
    try:
        return _find(body, kind)
    except IndexError:
        raise UnreadableHello from None


def _find(body: bytes, wanted: int) -> bytes | None:
    # Version and random, then three vectors, then extensions, which may be missing.
    offset = 35 + body[34]
    offset += 2 + short(body, offset)
    offset += 1 + body[offset]
    end = len(body)
    if offset == end:
        return None
    if offset + 2 + short(body, offset) != end:
        raise UnreadableHello
    offset += 2
    while offset < end:
        # Not by a call, which counts where nothing is compiled.
        kind, length = body[offset] << 8 | body[offset + 1], body[offset + 2] << 8 | body[offset + 3]
        offset += 4
        if kind == wanted and offset + length <= end:
            return body[offset : offset + length]
        offset += length
    if offset != end:
        raise UnreadableHello
    return None
