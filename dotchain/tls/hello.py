"""The ALPN offer in a TLS ClientHello, read before OpenSSL sees it.

The standard library's C{ssl} goes on without ALPN where no protocol is in common;
RFC 7301 section 3.2 wants a fatal alert, which stops cross-protocol attacks on a
certificate that serves HTTPS too.
"""

from __future__ import annotations

from struct import Struct
from struct import error as StructError

_SHORT = Struct("!H").unpack_from
_EXTENSION = Struct("!HH").unpack_from

_HANDSHAKE, _CLIENT_HELLO, _ALPN = 22, 1, 16

_HEADER = 5

NO_APPLICATION_PROTOCOL_ALERT = bytes((21, 3, 3, 0, 2, 2, 120))
"""The record with the fatal alert no_application_protocol (RFC 7301 section 3.2)."""


def alpnOffer(clientHello: bytes) -> list[bytes] | None:
    """
    The application protocols that a client offers.

    @param clientHello: the first octets of a TLS connection, records and all.
    @return: None where it offers none, or the octets are not (yet) a whole
        ClientHello. Nothing is ever raised: OpenSSL judges the rest.
    """
    body = _body(clientHello)
    if body is None:
        return None
    try:
        return _offer(body)
    except (StructError, IndexError):
        return None


def _body(octets: bytes) -> bytes | None:
    """The ClientHello without its records' and its own header, once it is all there."""
    if len(octets) < 9 or octets[0] != _HANDSHAKE or octets[5] != _CLIENT_HELLO:
        return None
    end = _HEADER + _SHORT(octets, 3)[0]
    length = 4 + int.from_bytes(octets[6:9], "big")
    if _HEADER + length <= end:
        return octets[9 : _HEADER + length] if len(octets) >= _HEADER + length else None
    joined = _join(octets, length)
    return joined[4:length] if len(joined) >= length else None


def _join(octets: bytes, length: int) -> bytes:
    """What the handshake records hold, up to length octets at least."""
    joined, offset = b"", 0
    while len(joined) < length and octets[offset : offset + 1] == b"\x16" and len(octets) >= offset + _HEADER:
        size = _SHORT(octets, offset + 3)[0]
        if not size:
            break
        joined += octets[offset + _HEADER : offset + _HEADER + size]
        offset += _HEADER + size
    return joined


def _offer(body: bytes) -> list[bytes] | None:
    # RFC 8446 section 4.1.2: version and random, then three vectors, then extensions.
    offset = 35 + body[34]
    offset += 2 + _SHORT(body, offset)[0]
    offset += 1 + body[offset]
    end = offset + 2 + _SHORT(body, offset)[0]
    offset += 2
    while offset < end:
        kind, length = _EXTENSION(body, offset)
        offset += 4
        if kind == _ALPN:
            return _names(body[offset : offset + length])
        offset += length
    return None


def _names(extension: bytes) -> list[bytes]:
    names, offset = [], 2
    while offset < len(extension):
        length = extension[offset]
        names.append(extension[offset + 1 : offset + 1 + length])
        offset += 1 + length
    return names
