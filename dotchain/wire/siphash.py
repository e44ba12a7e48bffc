"""SipHash-2-4, the keyed hash of 64 bits that DNS cookies are made of (RFC 9018 section 4.4)."""

from __future__ import annotations

from struct import Struct
from typing import Final

_WORDS: Final = Struct("<QQ").unpack
_WORD: Final = Struct("<Q")
_ALL: Final = (1 << 64) - 1


def siphash(key: bytes, data: bytes) -> bytes:
    """
    The hash, its low octet first. About 10 µs for what stands in a cookie.

    @param key: 16 octets.
    @return: 8 octets.
    """
    low, high = _WORDS(key)
    state = (
        low ^ 0x736F6D6570736575,
        high ^ 0x646F72616E646F6D,
        low ^ 0x6C7967656E657261,
        high ^ 0x7465646279746573,
    )
    length = len(data)
    padded = data + bytes(7 - length % 8) + bytes((length & 255,))
    for (word,) in _WORD.iter_unpack(padded):
        a, b, c, d = state
        a, b, c, d = _rounds(2, a, b, c, d ^ word)
        state = a ^ word, b, c, d
    a, b, c, d = state
    a, b, c, d = _rounds(4, a, b, c ^ 0xFF, d)
    return _WORD.pack(a ^ b ^ c ^ d)


def _rounds(count: int, a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
    for _ in range(count):
        a = (a + b) & _ALL
        b = ((b << 13 | b >> 51) & _ALL) ^ a
        c = (c + d) & _ALL
        d = ((d << 16 | d >> 48) & _ALL) ^ c
        a = (a << 32 | a >> 32) & _ALL
        c = (c + b) & _ALL
        a = (a + d) & _ALL
        d = ((d << 21 | d >> 43) & _ALL) ^ a
        b = ((b << 17 | b >> 47) & _ALL) ^ c
        c = (c << 32 | c >> 32) & _ALL
    return a, b, c, d
