"""Which network this host is in, as far as its ways to the world outside tell."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from .netlink import SOURCE, Way, wayTo

# Somewhere outside, of each family: a.root-servers.net. Nothing is ever sent there.
_OUTSIDE = ("198.41.0.4", "2001:503:ba3e::2:30")


class Whereabouts:
    """
    Tells a change of network from all else that changes.

    A network is told by the interface, the gateway and the own address of the way outside; of an
    IPv6 address by its prefix, since hosts change the rest daily (RFC 8981). Addresses that are
    renewed, and networks of containers beside, so are no change; and a network that was gone may
    be another one, though it looks the same, as many have the same addresses.
    """

    def __init__(self, wayTo: Callable[[str], Way | None] = wayTo) -> None:
        """@param wayTo: the way that the system now takes to an IP address."""
        self._wayTo = wayTo
        self._ways: dict[str, Way] = {}
        self._last: dict[str, Way] = {}

    def moved(self) -> bool:
        """Look; whether this host is in a network, and in another one than at the last look."""
        found = {each: _network(way) for each in _OUTSIDE if (way := self._wayTo(each))}
        known, self._ways = self._ways, {**self._ways, **found} if found else {}
        if not found:
            return False
        self._last = self._ways
        other = any(known.get(each, way) != way for each, way in found.items())
        return other or not known.keys() & found.keys()

    @property
    def mark(self) -> bytes:
        """Eight octets that tell this network, or the last one, from others; none before there was one."""
        if not self._last:
            return b""
        told = sorted((host, sorted(way)) for host, way in self._last.items())
        return blake2b(repr(told).encode(), digest_size=8).digest()


def _network(way: Way) -> Way:
    """What is the same for all that a host may be called in a network."""
    return frozenset((kind, octets[:8] if kind == SOURCE else octets) for kind, octets in way)
