"""Which group a server has chosen for the exchange of keys, by what it sends first."""

from __future__ import annotations

from struct import Struct
from struct import error as StructError
from typing import Final

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

_short = Struct("!H").unpack_from
_extension = Struct("!HH").unpack_from
# Of a record: its type, its length, and the type of the message in it.
_record = Struct("!BxxHB").unpack_from

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
    except (StructError, IndexError):
        return ""
    return (_NAMES.get(number) or str(number)) if number else ""


def _inHello(flight: bytes) -> int:
    """That of TLS 1.3, in the ServerHello or a HelloRetryRequest (RFC 8446 section 4.2.8); 0 for none."""
    kind, _, message = _record(flight)
    if (kind, message) != (_HANDSHAKE, _SERVER_HELLO):
        return 0
    # Version and random, the session ID, cipher and compression.
    offset = _HEADERS + 34
    offset += 1 + flight[offset] + 3
    end = offset + 2 + _short(flight, offset)[0]
    offset += 2
    while offset < end:
        kind, length = _extension(flight, offset)
        if kind == _KEY_SHARE:
            return int(_short(flight, offset + 4)[0])
        offset += 4 + length
    return 0


def _inKeyExchange(flight: bytes) -> int:
    """That of TLS 1.2, in the ServerKeyExchange (RFC 8422 section 5.4); 0 for none."""
    offset = 0
    while offset < len(flight):
        kind, length, message = _record(flight, offset)
        at = offset + _HEADERS
        if (kind, message, flight[at]) == (_HANDSHAKE, _SERVER_KEY_EXCHANGE, _NAMED_CURVE):
            return int(_short(flight, at + 1)[0])
        offset += 5 + length
    return 0
