"""The PROXY header by which an upstream is told who asks."""

from __future__ import annotations

from typing import Final, NamedTuple

from ..client import Client, Origin
from ..options import OptionError, flag
from ..wire.proxyheader import LOCAL, ProxyHeader, encrypted, proxied

# For those of whom no more is known than the address, such as a client that C{dotchain explain} is given.
_IP4 = Origin(0, "0.0.0.0", 0)  # noqa: S104 - not bound
_IP6 = Origin(0, "::", 0)


class Introducing(NamedTuple):
    """
    How an upstream is told who asks.

    @ivar outside: in front of TLS, where others can read it on the way, rather than inside of it.
    @ivar connections: clients' connections to an address at a time, at the most.
    """

    outside: bool = False
    connections: int = 256

    @property
    def place(self) -> str:
        """Where it stands: L{INSIDE} or L{OUTSIDE}."""
        return OUTSIDE if self.outside else INSIDE


DIALS: Final = 16
"""Connections in the making at a time: each client has to wait for one of its own."""

INSIDE: Final = "inside"
OUTSIDE: Final = "outside"


def place(text: str) -> str:
    """Where the header stands where there is TLS: C{yes}, L{INSIDE}, or L{OUTSIDE}; empty for C{no}."""
    if text.lower() == OUTSIDE:
        return OUTSIDE
    try:
        return INSIDE if flag(text) else ""
    except ValueError:
        raise ValueError(f"{text!r} is none of yes, no, outside") from None


def introducing(place: str, connections: int, encrypted: bool) -> Introducing | None:
    """
    What the options of an upstream come to.

    @param encrypted: whether it may be asked over TLS.
    @raise OptionError: where that has no sense.
    """
    if place == OUTSIDE and not encrypted:
        raise OptionError("proxy-protocol", "outside is of tls:// addresses; yes is enough for others")
    return Introducing(place == OUTSIDE, connections) if place else None


def told(client: Client, introduces: Introducing | None) -> str:
    """What C{dotchain explain} says of a query: who it is that the upstream is told of."""
    if introduces is None:
        return ""
    whom = f"{client.address} asks" if client.address else "nobody else asks (LOCAL)"
    return f"tells by a PROXY header{' before TLS' if introduces.outside else ''} that {whom}"


def introduction(client: Client, outside: bool = False) -> bytes:
    """
    The header of a client: his address and port, those that he asked, and of his TLS what there is.

    What nobody has asked but dotchain itself, as a name that the cache fetches ahead of time, is LOCAL.

    @param outside: it stands before TLS, where balancers read it: HAProxy closes a connection of UDP.
    """
    if not client.address:
        return LOCAL
    origin = client.origin or (_IP6 if ":" in client.address else _IP4)
    header = ProxyHeader(client.address, origin.port, origin.local, origin.localPort)
    tlvs = b""
    if origin.version or client.sni or client.identity:
        tlvs = encrypted(origin.version, origin.cipher, origin.alpn, client.sni, client.identity)
    return proxied(header, client.transport == "udp" and not outside, tlvs)
