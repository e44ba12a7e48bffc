"""What Linux tells of its routes (rtnetlink(7)): that they have changed, and the one to an address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from struct import Struct
from struct import error as StructError

_MESSAGE = Struct("=IHHII")
_ROUTE = Struct("=BBBBBBBBI")
_ATTRIBUTE = Struct("=HH")

_ERROR, _GETROUTE, _REQUEST = 2, 26, 1
_DESTINATION, _INTERFACE, _GATEWAY, _VIA = 1, 4, 5, 18
SOURCE = 7
"""The attribute that is the own address."""

# Groups of notices: links, addresses and routes of IPv4 and IPv6.
_GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400

KernelRoute = frozenset[tuple[int, bytes]]
"""Interface, gateway and source address of a route, as attributes and their octets."""


def notices() -> socket.socket | None:
    """
    A socket that can be read when a link, an address or a route has changed.

    @return: None where the system has no such thing.
    """
    if not hasattr(socket, "AF_NETLINK"):
        return None
    made = None
    try:
        made = _socket()
        made.bind((0, _GROUPS))
    except OSError:
        # Some sandboxes forbid it.
        if made is not None:
            made.close()
        return None
    return made


def kernelRouteTo(host: str) -> KernelRoute | None:
    """
    By which interface, gateway and source address the system now reaches a host.

    @param host: an IP address.
    @return: an empty route where it can't be reached; None where the system doesn't tell.
    """
    if not hasattr(socket, "AF_NETLINK"):
        return None
    with suppress(OSError, StructError), _socket() as asked:
        asked.send(_question(host))
        # The kernel has answered before send() returns.
        return _read(asked.recv(8192))
    return None


def _socket() -> socket.socket:
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)


def _question(host: str) -> bytes:
    address = ip_address(host.partition("%")[0])
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    route = _ROUTE.pack(family, address.max_prefixlen, 0, 0, 0, 0, 0, 0, 0)
    body = route + _ATTRIBUTE.pack(4 + len(address.packed), _DESTINATION) + address.packed
    return _MESSAGE.pack(_MESSAGE.size + len(body), _GETROUTE, _REQUEST, 1, 0) + body


def _read(message: bytes) -> KernelRoute:
    """
    The route in an answer.

    @raise StructError: where it is cut off.
    """
    _, kind, *_ = _MESSAGE.unpack_from(message)
    if kind == _ERROR:
        return frozenset()
    wanted = (_INTERFACE, _GATEWAY, SOURCE, _VIA)
    return frozenset(
        each for each in _attributes(message[_MESSAGE.size + _ROUTE.size :]) if each[0] in wanted
    )


def _attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    while octets:
        length, kind = _ATTRIBUTE.unpack_from(octets)
        yield kind, octets[_ATTRIBUTE.size : length]
        # Each begins at a whole number of four octets.
        octets = octets[max(length + 3 & ~3, _ATTRIBUTE.size) :]
