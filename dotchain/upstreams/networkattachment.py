"""Which network this host is in, as far as its routes to the world outside tell."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from .netlink import SOURCE, KernelRoute, kernelRouteTo

# Somewhere outside, of each family: a.root-servers.net. Nothing is ever sent there.
_OUTSIDE = ("198.41.0.4", "2001:503:ba3e::2:30")


class NetworkAttachment:
    """
    Tells a change of network from all else that changes.

    A network is told by the interface, the gateway and the own address of the route outside; of an
    IPv6 address by its prefix, since hosts change the rest daily (RFC 8981). Addresses that are
    renewed, and networks of containers beside, so are no change; and a network that was gone may
    be another one, though it looks the same, as many have the same addresses.
    """

    def __init__(self, kernelRouteTo: Callable[[str], KernelRoute | None] = kernelRouteTo) -> None:
        """@param kernelRouteTo: tells the route that the kernel now has to an IP address."""
        self._kernelRouteTo = kernelRouteTo
        self._routes: dict[str, KernelRoute] = {}
        self._last: dict[str, KernelRoute] = {}

    def moved(self) -> bool:
        """Look; whether this host is in a network, and in another one than at the last look."""
        found = {each: _network(route) for each in _OUTSIDE if (route := self._kernelRouteTo(each))}
        known, self._routes = self._routes, {**self._routes, **found} if found else {}
        if not found:
            return False
        self._last = self._routes
        other = any(known.get(each, route) != route for each, route in found.items())
        return other or not known.keys() & found.keys()

    @property
    def mark(self) -> bytes:
        """Eight octets that tell this network, or the last one, from others; none before there was one."""
        if not self._last:
            return b""
        told = sorted((host, sorted(route)) for host, route in self._last.items())
        return blake2b(repr(told).encode(), digest_size=8).digest()


def _network(route: KernelRoute) -> KernelRoute:
    """What is the same for all that a host may be called in a network."""
    return frozenset((kind, octets[:8] if kind == SOURCE else octets) for kind, octets in route)
