"""What the clients of each prefix take of a front: those of one address, and those of one network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..clockwork import boottime
from ..networktable import packed

_MAPPED: Final = bytes(10) + b"\xff\xff"
# Octets of a prefix, of IPv4 and of IPv6: /32 and /64, /24 and /56.
_CLIENT: Final = (4, 8)
_NETWORK: Final = (3, 7)


class Prefix:
    """
    What the clients of one prefix take.

    @ivar connections: those that are open, on all addresses of the front.
    @ivar slots: those of queries that wait.
    @ivar fullAt: when all handshakes of a rest can be done again, in seconds.
    """

    __slots__ = ("connections", "fullAt", "slots")

    def __init__(self) -> None:
        self.connections = self.slots = 0
        self.fullAt = 0.0

    def used(self, now: float) -> bool:
        """Whether there is anything to remember of it."""
        return bool(self.connections or self.slots or self.fullAt > now)


class ClientPrefix(Prefix):
    """
    That of one client: an IPv4 address, or an IPv6 /64.

    @ivar network: the IPv4 /24 or the IPv6 /56 that he is in, which one site is commonly given (RFC 6177).
    """

    __slots__ = ("network",)

    def __init__(self, network: Prefix) -> None:
        super().__init__()
        self.network = network


class Prefixes:
    """
    Those of all who have something open.

    Bounded by what may be open in all: those who have nothing are forgotten as soon as there are many.

    @ivar known: the prefix of each address, in presentation form.
    """

    def __init__(self, now: Callable[[], float] = boottime.now, most: int = 16384) -> None:
        """
        @param now: a clock, in seconds.
        @param most: addresses that are known without a look at who has something.
        """
        self._now = now
        self.known: dict[str, ClientPrefix] = {}
        self._clients: dict[bytes, ClientPrefix] = {}
        self._networks: dict[bytes, Prefix] = {}
        self._least = self._most = most

    def of(self, address: str) -> ClientPrefix:
        """
        That of a client.

        @param address: in presentation form; one that is none counts as what it says.
        """
        found = self.known.get(address)
        if found is None:
            if len(self.known) >= self._most:
                self._forget(self._now())
            found = self.known[address] = self._find(octetsOf(address))
        return found

    def _find(self, octets: bytes) -> ClientPrefix:
        six = len(octets) == 16
        key = octets[: _CLIENT[six]]
        client = self._clients.get(key)
        if client is None:
            # Four octets of IPv4 and three of them, eight of IPv6 and seven: no two of a kind are alike.
            network = self._networks.setdefault(octets[: _NETWORK[six]], Prefix())
            client = self._clients[key] = ClientPrefix(network)
        return client

    def _forget(self, now: float) -> None:
        """Keep those alone who have something; where that are many, look no sooner than they have doubled."""
        self._clients = {key: each for key, each in self._clients.items() if each.used(now)}
        theirs = {each.network for each in self._clients.values()}
        self._networks = {
            key: each for key, each in self._networks.items() if each in theirs or each.used(now)
        }
        self.known = {address: each for address, each in self.known.items() if each.used(now)}
        self._most = max(self._least, 2 * len(self.known))


def octetsOf(address: str) -> bytes:
    """
    An address as prefixes are taken of it: 4 octets or 16.

    @param address: in presentation form; IPv4-mapped ones count as IPv4 (RFC 4291 section 2.5.5.2).
    """
    octets = packed(address)
    if octets is None:
        return address.encode()
    return octets[12:] if len(octets) == 16 and octets[:12] == _MAPPED else octets
