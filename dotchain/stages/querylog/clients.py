"""What is told of a client's address."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_network

from ...networktable import packed

FULL, TRUNCATED, HASHED, NONE = "full", "truncated", "hashed", "none"

# Octets that are kept of an address: /24 and /48.
_KEPT = {4: 24, 16: 48}
# Addresses remembered: a bound, since clients may have any number of them.
_REMEMBERED = 4096
_DAY = 86400
_DIGEST = 8

Telling = Callable[[str, float], "str | None"]
"""From an address and the time, in seconds since 1970, to what is told."""


def telling(way: str, secret: str | None = None) -> Telling:
    """
    How clients are told of.

    A hash is keyed, as there are few enough IPv4 addresses to try all of them, and the key is another one
    each day (UTC), so that nobody is followed for longer.

    @param way: L{FULL}, L{TRUNCATED}, L{HASHED} or L{NONE}.
    @param secret: what keys are made of; without it, something random.
    """
    if way == HASHED:
        key = (
            os.urandom(32)
            if secret is None
            else blake2b(secret.encode(), digest_size=32, person=b"querylog").digest()
        )
        hashed = lru_cache(_REMEMBERED)(_hashed)
        return lambda address, at: hashed(address, int(at) // _DAY, key)
    always: dict[str, Callable[[str], str | None]] = {FULL: str, TRUNCATED: _truncated, NONE: _nothing}
    tell = always[way]
    return lambda address, _: tell(address)


@lru_cache(_REMEMBERED)
def _truncated(address: str) -> str:
    octets = packed(address)
    if octets is None:
        return ""
    return str(ip_network((octets, _KEPT[len(octets)]), strict=False))


def _nothing(address: str) -> None:
    """Whoever it is."""


def _hashed(address: str, day: int, key: bytes) -> str:
    made = blake2b((packed(address) or b""), digest_size=_DIGEST, key=key, salt=day.to_bytes(8, "big"))
    return made.hexdigest()
