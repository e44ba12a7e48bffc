"""Server cookies (RFC 7873), made so that others who know the secret can check them (RFC 9018)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hmac import compare_digest
from typing import Final, NamedTuple

from .codes import FORMERR
from .errors import FormatError
from .siphash import siphash

SECRET: Final = 16
"""Octets of a secret."""

_CLIENT: Final = 8
_VERSION: Final = b"\1\0\0\0"

# Seconds: how old a cookie may be, how far ahead another server's clock, and from what age on
# it is replaced (RFC 9018 section 4.3).
OLDEST: Final = 3600
AHEAD: Final = 300
RENEWED: Final = 1800

# The same client shows the same cookie for half an hour: 0.2 µs instead of 10.
_hash = lru_cache(maxsize=4096)(siphash)


class Cookie(NamedTuple):
    """
    What a COOKIE option comes to.

    @ivar reply: the data of the option to send back.
    @ivar proven: the sender has shown a cookie of ours, so he is where he says.
    """

    reply: bytes
    proven: bool


def judge(sent: bytes, address: bytes, secrets: Sequence[bytes], second: int) -> Cookie:
    """
    Judge a COOKIE option, and make the one to send back.

    @param sent: its data.
    @param address: the octets of the client's address.
    @param secrets: the first makes cookies, all are recognized (RFC 9018 section 5).
    @param second: the time, in seconds since 1970.
    @raise FormatError: for a length that is none of a cookie (RFC 7873 section 5.2.2).
    """
    if len(sent) != _CLIENT and not 16 <= len(sent) <= 40:
        raise FormatError("cookie of a wrong length", FORMERR)
    age = _age(sent, second)
    proven = None
    if -AHEAD <= age <= OLDEST:
        right = (secret for secret in secrets if _made(sent, address, secret))
        proven = next(right, None)
    if proven is secrets[0] and 0 <= age < RENEWED:
        return Cookie(sent, True)
    fresh = sent[:_CLIENT] + _VERSION + (second & 0xFFFFFFFF).to_bytes(4, "big")
    return Cookie(fresh + _hash(secrets[0], fresh + address), proven is not None)


def _age(sent: bytes, second: int) -> int:
    """Seconds since it was made, in the arithmetic of serial numbers; what is none of ours is too old."""
    if len(sent) != 24 or sent[8] != 1:
        return OLDEST + 1
    age = (second - int.from_bytes(sent[12:16], "big")) & 0xFFFFFFFF
    return age - (1 << 32) if age >> 31 else age


def _made(sent: bytes, address: bytes, secret: bytes) -> bool:
    return compare_digest(_hash(secret, sent[:16] + address), sent[16:])
