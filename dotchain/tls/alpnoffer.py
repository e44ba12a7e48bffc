"""The ALPN offer in a TLS ClientHello, read before OpenSSL sees it.

The standard library's C{ssl} goes on without ALPN where no protocol is in common;
RFC 7301 section 3.2 wants a fatal alert, which stops cross-protocol attacks on a
certificate that serves HTTPS too.
"""

from __future__ import annotations

from struct import Struct
from struct import error as StructError

from .helloreader import UnreadableHello

_SHORT = Struct("!H").unpack_from
_EXTENSION = Struct("!HH").unpack_from

_ALPN = 16

NO_APPLICATION_PROTOCOL_ALERT = bytes((21, 3, 3, 0, 2, 2, 120))
"""The record with the fatal alert no_application_protocol (RFC 7301 section 3.2)."""

UNEXPECTED_MESSAGE_ALERT = bytes((21, 3, 3, 0, 2, 2, 10))
"""The same of unexpected_message (RFC 8446 section 6.2)."""


def alpnOffer(body: bytes) -> list[bytes] | None:
    """
    The application protocols that a client offers.

    @param body: a ClientHello without its header (RFC 8446 section 4.1.2).
    @return: None where it offers none.
    @raise UnreadableHello: where its parts are not as long as they say.
    """
    try:
        return _offer(body)
    except (StructError, IndexError):
        raise UnreadableHello from None


def _offer(body: bytes) -> list[bytes] | None:
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
        if kind == _ALPN:
            return _names(body[offset : offset + length], length)
        offset += length
    if offset != end:
        raise UnreadableHello
    return None


def _names(extension: bytes, length: int) -> list[bytes]:
    """The names in a list that begins with its length (RFC 7301 section 3.1)."""
    names, offset = [], 2
    while offset < length:
        end = offset + 1 + extension[offset]
        names.append(extension[offset + 1 : end])
        offset = end
    whole = offset == length and _SHORT(extension, 0)[0] == length - 2
    if not (whole and names and all(names)):
        raise UnreadableHello
    return names
