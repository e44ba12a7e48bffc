"""The ALPN offer in a TLS ClientHello, read before OpenSSL sees it.

The standard library's C{ssl} goes on without ALPN where no protocol is in common;
RFC 7301 section 3.2 wants a fatal alert, which stops cross-protocol attacks on a
certificate that serves HTTPS too.
"""

from __future__ import annotations

from typing import Final

from .helloextensions import extension, short
from .helloreader import UnreadableHello

_ALPN: Final = 16

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
    found = extension(body, _ALPN)
    try:
        return None if found is None else _names(found, len(found))
    except IndexError:
        raise UnreadableHello from None


def _names(extension: bytes, length: int) -> list[bytes]:
    """The names in a list that begins with its length (RFC 7301 section 3.1)."""
    names, offset = [], 2
    while offset < length:
        end = offset + 1 + extension[offset]
        names.append(extension[offset + 1 : end])
        offset = end
    whole = offset == length and short(extension, 0) == length - 2
    if not (whole and names and all(names)):
        raise UnreadableHello
    return names
