"""Which group a server has chosen for the exchange of keys, by what it sends first."""

from __future__ import annotations

from typing import Final

from .helloextensions import short

_NAMES: Final = {
    23: "secp256r1",
    24: "secp384r1",
    25: "secp521r1",
    29: "x25519",
    30: "x448",
    256: "ffdhe2048",
    257: "ffdhe3072",
    4587: "SecP256r1MLKEM768",
    4588: "X25519MLKEM768",
    4589: "SecP384r1MLKEM1024",
}
"""See the IANA registry TLS Supported Groups; others have their number."""

# Of a record: where its length stands, and the type of the message in it.
_LENGTH: Final = 3
_MESSAGE: Final = 5
_HEADERS: Final = 9
_HANDSHAKE: Final = 22
_SERVER_HELLO: Final = 2
_SERVER_KEY_EXCHANGE: Final = 12
_KEY_SHARE: Final = 51
_NAMED_CURVE: Final = 3


def chosenGroup(flight: bytes) -> str:
    """
    Its name; empty where there is none, as where a session of TLS 1.2 is resumed.

    @param flight: whole records of a server as OpenSSL cuts them: a message of TLS 1.2 in each.
    """
    try:
        number = _inHello(flight) or _inKeyExchange(flight)
    except IndexError:
        return ""
    return (_NAMES.get(number) or str(number)) if number else ""


def _inHello(flight: bytes) -> int:
    """That of TLS 1.3, in the ServerHello or a HelloRetryRequest (RFC 8446 section 4.2.8); 0 for none."""
    if flight[0] != _HANDSHAKE or flight[_MESSAGE] != _SERVER_HELLO:
        return 0
    # Version and random, the session ID, cipher and compression.
    offset = _HEADERS + 34
    offset += 1 + flight[offset] + 3
    end = offset + 2 + short(flight, offset)
    offset += 2
    while offset < end:
        if flight[offset] == 0 and flight[offset + 1] == _KEY_SHARE:
            return short(flight, offset + 4)
        offset += 4 + (flight[offset + 2] << 8 | flight[offset + 3])
    return 0


def _inKeyExchange(flight: bytes) -> int:
    """That of TLS 1.2, in the ServerKeyExchange (RFC 8422 section 5.4); 0 for none."""
    offset = 0
    while offset < len(flight):
        kind, message, at = flight[offset], flight[offset + _MESSAGE], offset + _HEADERS
        if kind == _HANDSHAKE and message == _SERVER_KEY_EXCHANGE and flight[at] == _NAMED_CURVE:
            return short(flight, at + 1)
        offset += 5 + short(flight, offset + _LENGTH)
    return 0
