"""Flushes as octets that nobody else can make or read."""

from __future__ import annotations

import os
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

import dns.name
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from dns.exception import DNSException

if TYPE_CHECKING:
    from .signature import Signature

_VERSION = b"\1"
_NONCE = 12
_TAG = 16
_HEAD = Struct("!Q?")
_LONGEST = len(_VERSION) + _NONCE + _HEAD.size + 255 + _TAG


class Flush(NamedTuple):
    """
    What all machines are to forget.

    @ivar name: in wire form and lower case.
    @ivar below: whether all names below it are meant, too; of the root that is everything.
    @ivar time: when that was said, in milliseconds since 1970.
    @ivar nonce: what tells it from all others.
    """

    name: bytes
    below: bool
    time: int
    nonce: bytes


class FlushSeal:
    """
    Seals flushes, and opens those that were sealed: ChaCha20 and Poly1305 (RFC 8439), as a name
    must neither be forged nor read.

    @ivar forged: octets that were none of ours.
    """

    def __init__(self, signature: Signature, place: bytes) -> None:
        """
        @param signature: one that all machines have; it may be rekeyed.
        @param place: the key that flushes stand at; in no other place are they good.
        """
        self.forged = 0
        self._signature = signature
        self._place = _VERSION + place

    @property
    def _cipher(self) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(b"".join(self._signature.of(b"cipher %d" % half) for half in (1, 2)))

    def sealed(self, name: bytes, below: bool, time: int) -> tuple[Flush, bytes]:
        """A new flush, and its octets."""
        nonce = os.urandom(_NONCE)
        octets = self._cipher.encrypt(nonce, _HEAD.pack(time, below) + name, self._place)
        return Flush(name, below, time, nonce), _VERSION + nonce + octets

    def opened(self, octets: bytes) -> Flush | None:
        """The flush that was sealed; None where these are no octets of ours."""
        found = self._opened(octets)
        self.forged += found is None
        return found

    def _opened(self, octets: bytes) -> Flush | None:
        if octets[:1] != _VERSION or len(octets) > _LONGEST:
            return None
        nonce = octets[1 : 1 + _NONCE]
        try:
            content = self._cipher.decrypt(nonce, octets[1 + _NONCE :], self._place)
        except (InvalidTag, ValueError):
            return None
        name = content[_HEAD.size :]
        if not _isName(name):
            return None
        time, below = _HEAD.unpack_from(content)
        return Flush(name, below, time, nonce)


def _isName(octets: bytes) -> bool:
    """Whether that is a name: without a secret anybody may have sealed it."""
    try:
        name, length = dns.name.from_wire(octets, 0)
    except DNSException:
        return False
    return length == len(octets) and name.to_digestable() == octets
