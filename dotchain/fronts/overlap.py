"""Addresses that overlap those that are open already, as 127.0.0.1 does 0.0.0.0."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EADDRINUSE

from ..address import Address

Held = Iterable[tuple[Address, socket.socket]]
"""Addresses that are ours, and their sockets."""


@contextmanager
def roomFor(address: Address, held: Held) -> Iterator[bool]:
    """
    Have those in whose way it is let another socket of this user in, for so long.

    @return: whether there are any: then it must be opened as one that is shared.
    @raise OSError: where it can't be, with what to do.
    """
    before = [(each, _lets(each)) for other, each in held if _overlap(address, other)]
    try:
        for each, _ in before:
            let(each, True)
        yield bool(before)
    except OSError as error:
        if before and error.errno == EADDRINUSE:
            why = "it overlaps an address that was opened as another user, which takes a restart"
            raise OSError(EADDRINUSE, why) from None
        raise
    finally:
        for each, lets in before:
            let(each, lets)


def let(opened: socket.socket, others: bool) -> None:
    """Whether others of this user may listen there, too."""
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, others)


def _lets(opened: socket.socket) -> bool:
    return bool(opened.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT))


def _overlap(one: Address, other: Address) -> bool:
    if one.family != other.family or one.port != other.port:
        return False
    if (one.transport == "udp") != (other.transport == "udp"):
        return False
    return one.ip == other.ip or one.ip.is_unspecified or other.ip.is_unspecified
