"""What the limits of a front come to, with defaults, open files and workers reckoned in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .prefixlimits import (
    CLIENT_CONNECTIONS,
    CLIENT_HANDSHAKES,
    CONNECTIONS,
    NETWORK_CONNECTIONS,
    NETWORK_HANDSHAKES,
)

if TYPE_CHECKING:
    from .front import Front

IN_FLIGHT = ("max-client-in-flight", "max-network-in-flight")
KEYS = (
    CONNECTIONS,
    CLIENT_CONNECTIONS,
    NETWORK_CONNECTIONS,
    CLIENT_HANDSHAKES,
    NETWORK_HANDSHAKES,
    *IN_FLIGHT,
)
"""The keys of such limits, in the order of the manual."""


def effectiveLimits(front: Front) -> dict[str, dict[str, int]]:
    """
    By transport and key, what holds for one process; without those that a transport knows nothing of.

    C{max-connections} is of each address, handshakes are those of a second.
    """
    inFlight = dict(zip(IN_FLIGHT, (front.querySlots.most, front.querySlots.mostOfNetwork), strict=True))
    return {transport: {**_ofStreams(front, transport), **inFlight} for transport in front.responders}


def _ofStreams(front: Front, transport: str) -> dict[str, int]:
    if transport == "udp":
        return {}
    limits = front.limits.ofPrefixes(transport, front.maxConnections)
    found = {
        CONNECTIONS: front.maxConnections,
        CLIENT_CONNECTIONS: limits.connections.client,
        NETWORK_CONNECTIONS: limits.connections.network,
    }
    if transport == "tls":
        found |= {CLIENT_HANDSHAKES: limits.handshakes.client, NETWORK_HANDSHAKES: limits.handshakes.network}
    return found
