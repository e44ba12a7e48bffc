"""IPv4 addresses within IPv6 addresses (RFC 6052 section 2)."""

from __future__ import annotations

from ipaddress import IPv6Network
from typing import Final

LENGTHS: Final = (32, 40, 48, 56, 64, 96)
"""Of a prefix in bits (RFC 6052 section 2.2)."""

WELL_KNOWN: Final = IPv6Network("64:ff9b::/96")
"""RFC 6052 section 2.1."""

# Octet 8, of which all bits are zero (RFC 6052 section 2.2).
_RESERVED: Final = 8

# First octets of addresses, the rest by second octets: such as never leave a network (RFC 6890).
_THIS_HOST: Final = (0, 127)


class Prefix:
    """
    Where IPv4 addresses stand in IPv6 addresses.

    @ivar wellKnown: it is the prefix that is the same everywhere.
    """

    def __init__(self, network: IPv6Network) -> None:
        """@raise ValueError: for a prefix that is none of RFC 6052 section 2.2."""
        if network.prefixlen not in LENGTHS:
            lengths = ", ".join(f"/{each}" for each in LENGTHS[:-1])
            raise ValueError(f"{network} has no length of RFC 6052: {lengths} and /{LENGTHS[-1]} are right")
        octets = network.network_address.packed
        if octets[_RESERVED]:
            raise ValueError(f"{network} has bits set from 64 to 71, which are zero (RFC 6052 section 2.2)")
        self.wellKnown = network == WELL_KNOWN
        self._size = network.prefixlen // 8
        self._prefix = octets[: self._size]

    def embed(self, four: bytes) -> bytes:
        """The IPv6 address, in 16 octets, that stands for an IPv4 one, in 4."""
        joined = self._prefix + four
        if self._size < _RESERVED + 1:
            joined = joined[:_RESERVED] + b"\0" + joined[_RESERVED:]
        return joined.ljust(16, b"\0")

    def extract(self, six: bytes) -> bytes | None:
        """The IPv4 address that an IPv6 one stands for, or None; bits behind it don't count."""
        if not six.startswith(self._prefix) or six[_RESERVED]:
            return None
        if self._size > _RESERVED:
            return six[12:]
        return (six[:_RESERVED] + six[_RESERVED + 1 :])[self._size : self._size + 4]

    def represents(self, four: bytes) -> bool:
        """
        Whether there is an address for this one: none leads to this host, to a link or nowhere, and the
        well-known prefix does not lead into private networks (RFC 6052 section 3.1).

        Addresses that are for documentation alone are like any others: nobody has them.
        """
        first, second = four[0], four[1]
        if first in _THIS_HOST or (first == 169 and second == 254) or first >= 224:
            return False
        return not self.wellKnown or not _isPrivate(first, second)


def _isPrivate(first: int, second: int) -> bool:
    """RFC 1918, RFC 6598."""
    if first == 172:
        return 16 <= second < 32
    return first == 10 or (first == 192 and second == 168) or (first == 100 and 64 <= second < 128)
