"""Which of some networks an address is in."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from .networks import Network

_MAPPED = bytes(10) + b"\xff\xff"


class NetworkTable:
    """
    Networks, each with what it stands for, found by address: of those that hold it, the most specific.

    A dict for each length of prefix: real lists have few of these, and a look-up is one of a dict for each. A
    million networks are found in as many steps as ten.
    """

    def __init__(self, networks: Iterable[tuple[Network, object]]) -> None:
        """Of two equal ones the first counts."""
        self._four: list[tuple[int, dict[int, object]]] = []
        self._six: list[tuple[int, dict[int, object]]] = []
        by: dict[tuple[int, int], dict[int, object]] = {}
        for network, value in networks:
            shift = network.max_prefixlen - network.prefixlen
            kept = by.setdefault((network.version, shift), {})
            kept.setdefault(int(network.network_address) >> shift, value)
        for version, shift in sorted(by):
            (self._four if version == 4 else self._six).append((shift, by[version, shift]))

    def find(self, octets: bytes) -> object | None:
        """
        What the most specific network of an address stands for, or None.

        @param octets: of the address, 4 or 16; IPv4-mapped ones count as IPv4 (RFC 4291 section 2.5.5.2).
        """
        if len(octets) == 16 and octets[:12] == _MAPPED:
            octets = octets[12:]
        tables = self._four if len(octets) == 4 else self._six
        number = int.from_bytes(octets, "big")
        for shift, table in tables:
            found = table.get(number >> shift)
            if found is not None:
                return found
        return None

    def of(self, text: str) -> object | None:
        """The same for an address in presentation form, an interface behind C{%} not counted."""
        octets = packed(text)
        return None if octets is None else self.find(octets)


def packed(text: str) -> bytes | None:
    """The octets of an address in presentation form; None for what is none."""
    plain = text.partition("%")[0]
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in plain else socket.AF_INET, plain)
    except (OSError, ValueError):
        return None
