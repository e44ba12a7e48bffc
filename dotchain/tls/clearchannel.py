"""A connection without TLS."""

from __future__ import annotations

from .channel import Channel


class ClearChannel(Channel):
    """Octets as they are."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(True)

    def feed(self, octets: bytes | memoryview) -> bytes:
        """The octets themselves."""
        return bytes(octets)

    def seal(self, octets: bytes) -> bytes:
        """The octets themselves."""
        return octets

    def take(self) -> bytes:
        """Nothing."""
        return b""

    def close(self) -> bytes:
        """Nothing."""
        return b""

    @property
    def ticketsAlone(self) -> bool:
        """There are none."""
        return False

    @property
    def forTransfers(self) -> bool:
        """Zones may (RFC 5936 section 4.1)."""
        return True

    @property
    def resumed(self) -> bool:
        """There are no sessions."""
        return False
