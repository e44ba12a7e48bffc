"""The sockets that a front listens on."""

from __future__ import annotations

import socket
import sys

from ..activation import PassedAddress
from ..address import Address
from ..fragments import neverFragment

# Python has no names for these two of Linux.
_IP_FREEBIND, _IPV6_FREEBIND = 15, 78

# Octets that the system may hold of responses to a client of a stream, and of his queries; Linux doubles
# that for what it needs itself. Without a bound it lets each grow to megabytes.
_SENDS = _HOLDS = 131_072
# Milliseconds that it waits for a client that takes nothing of that (RFC 5482 section 3.1): longer than we
# wait, since it tells him nothing.
_GIVES_UP = 6000


def canFreeBind() -> bool:
    """Whether the platform lets a program listen on an address that no interface has yet."""
    return sys.platform.startswith("linux")


def spreads() -> bool:
    """Whether the platform spreads clients over the UDP sockets of an address, as not all do."""
    return sys.platform.startswith("linux")


def several(
    address: Address, count: int, freeBind: bool = False, shared: bool = False
) -> list[socket.socket]:
    """
    Sockets for processes that serve an address together.

    One for each process where it takes datagrams: each client's come to one of them. One for
    all where it takes connections, and where systemd has opened it: whoever has time takes the next.

    @param shared: let others of this user listen there, too, while it is opened.
    @raise OSError: where they can't be had; also where another daemon has such ones.
    """
    made = listening(address, freeBind, shared)
    if address.transport != "udp" or not spreads() or isinstance(address, PassedAddress):
        return [made]
    # Only now is it certain that the address is nobody else's.
    made.close()
    return [listening(address, freeBind, shared=True) for _ in range(count)]


def listening(address: Address, freeBind: bool = False, shared: bool = False) -> socket.socket:
    """
    A bound socket; a stream's listens.

    @param freeBind: listen even where the address is not there yet.
    @param shared: let others of this user listen there, too.
    @raise OSError: where it can't be had.
    """
    stream = address.transport != "udp"
    if isinstance(address, PassedAddress):
        return _tuned(address.open(), stream)
    made = socket.socket(address.family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
    try:
        _prepare(made, stream, freeBind)
        _tuned(made, stream)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address.sockaddr)
        if stream:
            made.listen(1024)
    except OSError:
        made.close()
        raise
    return made


def _prepare(made: socket.socket, stream: bool, freeBind: bool) -> None:
    """What must be settled before it is bound."""
    if made.family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if freeBind:
            made.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, 1)
    elif freeBind:
        made.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
    if stream:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def _tuned(made: socket.socket, stream: bool) -> socket.socket:
    """The same socket, whoever has opened it, as fronts want it."""
    made.setblocking(False)
    if stream:
        # What is accepted inherits it: a call less for each connection.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _bound(made)
    else:
        neverFragment(made)
        # A burst while one batch is answered must fit; the system caps it.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    return made


def _bound(made: socket.socket) -> None:
    """Bound what the system holds of the connections that are accepted, which inherit it."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENDS)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HOLDS)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GIVES_UP)
