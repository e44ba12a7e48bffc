"""Datagrams from addresses and ports that a socket could not send from, and all that arrive."""

from __future__ import annotations

import select
import socket
import struct
import time
from contextlib import closing
from typing import NamedTuple

from typing_extensions import Self

_IP, _UDP = struct.Struct("!BBHHHBBH4s4s"), struct.Struct("!HHHH")
_IPV4 = 0x0800


class Datagram(NamedTuple):
    """
    One that was seen.

    @ivar source: address and port.
    @ivar to: address and port.
    """

    source: tuple[str, int]
    to: tuple[str, int]
    wire: bytes


def forge(wire: bytes, source: tuple[str, int], to: tuple[str, int]) -> None:
    """Send a datagram in someone else's name."""
    udp = _UDP.pack(source[1], to[1], 8 + len(wire), 0) + wire
    addresses = socket.inet_aton(source[0]), socket.inet_aton(to[0])
    header = _IP.pack(0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0, *addresses)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)) as raw:
        raw.sendto(header + udp, (to[0], 0))


class Sniffer:
    """All UDP datagrams that arrive by a device, from now until the C{with} block ends."""

    def __init__(self, device: str = "lo") -> None:
        self._device = device

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_IPV4))
        self._socket.bind((self._device, _IPV4))
        return self

    def __exit__(self, *why: object) -> None:
        self._socket.close()

    def heard(self, seconds: float) -> list[Datagram]:
        """What has come by, and what will within so long."""
        found, end = [], time.monotonic() + seconds
        while select.select([self._socket], [], [], max(0.0, end - time.monotonic()))[0]:
            octets = self._socket.recv(65536)
            if octets[9] == socket.IPPROTO_UDP:
                found.append(_dissect(octets))
        return found


def _dissect(octets: bytes) -> Datagram:
    at = 4 * (octets[0] & 15)
    source, to, length, _ = _UDP.unpack_from(octets, at)
    ends = socket.inet_ntoa(octets[12:16]), socket.inet_ntoa(octets[16:20])
    return Datagram((ends[0], source), (ends[1], to), octets[at + 8 : at + length])
