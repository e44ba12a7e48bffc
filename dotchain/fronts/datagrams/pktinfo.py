"""The address that a datagram was sent to, asked of the system and given back to it."""

from __future__ import annotations

import socket

# in_pktinfo is 12 octets, in6_pktinfo 20; Python has no name for the options everywhere.
IP_PKTINFO = getattr(socket, "IP_PKTINFO", 8)
CONTROL_SPACE = {socket.AF_INET: socket.CMSG_SPACE(12), socket.AF_INET6: socket.CMSG_SPACE(20)}


# Where the destination stands in them.
_PLACES = {socket.AF_INET: slice(8, 12), socket.AF_INET6: slice(0, 16)}


def destination(family: int, info: bytes) -> str:
    """What the system has told of a datagram, in presentation form."""
    known = socket.AddressFamily(family)
    return socket.inet_ntop(known, info[_PLACES[known]])


def wantDestination(port: socket.socket) -> None:
    """
    Have the system tell with each datagram where it was sent to.

    What it tells can be handed back unchanged with the reply, which then leaves from
    that address (RFC 2181 section 4.1).
    """
    if port.family == socket.AF_INET6:
        port.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        port.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
