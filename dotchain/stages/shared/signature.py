"""Keyed hashes: what only those can make who know the key."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Final

SIZE: Final = 16
"""Octets of one."""


class Signature:
    """Makes them, by keyed BLAKE2b (RFC 7693) of 128 bits."""

    def __init__(self, key: bytes) -> None:
        """@param key: at most 64 octets."""
        self.rekey(key)

    def rekey(self, key: bytes) -> None:
        """Have it by another key from now on."""
        # A copy takes half of what the constructor takes that reads the key anew.
        self._begun: Callable[[], blake2b] = blake2b(key=key, digest_size=SIZE).copy

    def of(self, octets: bytes) -> bytes:
        """That of these octets."""
        begun = self._begun()
        begun.update(octets)
        return begun.digest()
