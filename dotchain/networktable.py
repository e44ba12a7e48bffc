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

    @ivar size: how many there are.
    """

    def __init__(self, networks: Iterable[tuple[Network, object]] = ()) -> None:
        """Of two equal ones the first counts."""
        self._four: list[tuple[int, dict[int, object]]] = []
        self._six: list[tuple[int, dict[int, object]]] = []
        self.size = 0
        for network, value in networks:
            octets = network.network_address.packed
            if self.get(octets, network.prefixlen) is None:
                self.put(octets, network.prefixlen, value)

    def put(self, octets: bytes, length: int, value: object | None) -> None:
        """
        Have a network stand for something from now on; None for nothing.

        @param octets: of its address, 4 or 16.
        @param length: of its prefix.
        """
        shift = 8 * len(octets) - length
        table = self._table(octets, shift)
        if table is None:
            table = {}
            tables = self._four if len(octets) == 4 else self._six
            tables.append((shift, table))
            tables.sort(key=_shiftOf)
        number = int.from_bytes(octets, "big") >> shift
        self.size += (value is not None) - (number in table)
        if value is not None:
            table[number] = value
        else:
            table.pop(number, None)

    def get(self, octets: bytes, length: int) -> object | None:
        """What just this network stands for."""
        shift = 8 * len(octets) - length
        table = self._table(octets, shift)
        return None if table is None else table.get(int.from_bytes(octets, "big") >> shift)

    def each(self) -> list[object]:
        """All that networks stand for."""
        return [value for _, table in self._four + self._six for value in table.values()]

    def _table(self, octets: bytes, shift: int) -> dict[int, object] | None:
        for known, table in self._four if len(octets) == 4 else self._six:
            if known == shift:
                return table
        return None

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


def _shiftOf(each: tuple[int, dict[int, object]]) -> int:
    return each[0]


def packed(text: str) -> bytes | None:
    """The octets of an address in presentation form; None for what is none."""
    plain = text.partition("%")[0]
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in plain else socket.AF_INET, plain)
    except (OSError, ValueError):
        return None
