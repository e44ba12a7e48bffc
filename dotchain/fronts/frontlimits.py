"""What a front's keys say of its connections, and of what the clients of one prefix may take of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..networks import LOCAL
from ..options import OptionError
from ..share import Share
from .access import AccessList
from .prefixes import Prefixes
from .prefixlimits import Most, PrefixLimits

_STREAMS: Final[Mapping[str, Any]] = {
    "max_connections": 5000,
    "max_in_flight": 200,
    "first_query_timeout": 10.0,
    "handshake_timeout": 5.0,
    "unlimited": LOCAL,
}
"""What a front with streams has where the operator says nothing."""

_HANDSHAKES: Final = Most(200, 400)
# Where max-connections is small, a client and a network may have a few all the same.
_FEW: Final = Most(16, 32)


class FrontLimits:
    """
    The limits of one front's connections.

    @ivar prefixes: what clients take of it.
    @ivar connections: how many may be open on an address.
    """

    def __init__(self, name: str, given: Mapping[str, Any], share: Share, now: Callable[[], float]) -> None:
        """
        @param name: the front's.
        @param given: the values of its keys; None for those left alone.
        """
        self.prefixes = Prefixes(now)
        self._name = name
        self._share = share
        self._now = now
        self._values = {**_STREAMS, **{key: each for key, each in given.items() if each is not None}}
        self.connections: int = share.part(self._values["max_connections"])

    def of(self, transport: str, most: int) -> dict[str, Any]:
        """
        Those of one listening socket, as L{StreamPort<.streams.port.StreamPort>} takes them.

        @param most: connections that may be open on it: what the limit of open files leaves.
        """
        values = self._values
        return {
            "maxConnections": most,
            "maxInFlight": values["max_in_flight"],
            "idle": values.get("idle_timeout", 30.0 if transport == "tls" else 10.0),
            "handshake": values["handshake_timeout"],
            "firstQuery": values["first_query_timeout"],
            "limits": self.ofPrefixes(transport, most),
            "shared": self._share.of > 1,
        }

    def ofPrefixes(self, transport: str, most: int) -> PrefixLimits:
        """What clients of one prefix may take of such a socket."""
        connections = Most(*(min(most, max(*each)) for each in ((most // 4, _FEW[0]), (most // 2, _FEW[1]))))
        return PrefixLimits(
            f"front {self._name} ({transport})",
            self.prefixes,
            AccessList(self._values["unlimited"], ()),
            self._most("connections", connections),
            self._most("handshakes", _HANDSHAKES.part(self._share)),
            self._now,
        )

    def _most(self, what: str, otherwise: Most) -> Most:
        """The values of two keys; where one alone is given, a client still has no more than its network."""
        client, network = (self._values.get(f"max_{whose}_{what}") for whose in ("client", "network"))
        ofClient = otherwise.client if client is None else self._share.part(client)
        if network is None:
            return Most(ofClient, max(otherwise.network, ofClient))
        ofNetwork = self._share.part(network)
        return Most(min(ofClient, ofNetwork), ofNetwork)


def checkPrefixLimits(given: Mapping[str, Any]) -> None:
    """@raise OptionError: where clients are promised what their network may not have."""
    for what in ("connections", "handshakes", "in_flight"):
        client, network = (given.get(f"max_{whose}_{what}") for whose in ("client", "network"))
        if client is not None and network is not None and network < client:
            key = f"max-network-{what}".replace("_", "-")
            raise OptionError(key, f"is less than what one client may have: {client} or more is right")
