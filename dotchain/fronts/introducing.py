"""Makes what takes PROXY headers, for fronts that have balancers or upstreams that are told of clients."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

from ..networks import Network
from ..options import OptionError
from .access import AccessList
from .datagrams.batches import Batches
from .datagrams.introducedbatches import IntroducedBatches
from .introductions import Introductions
from .streams.introducedport import IntroducedPort
from .streams.port import StreamPort


def introductions(
    name: str,
    transports: Iterable[str],
    balancers: tuple[Network, ...],
    origins: bool,
    now: Callable[[], float],
    believed: frozenset[str],
) -> dict[str, Introductions]:
    """
    By transport, what headers say; nothing where no front or upstream needs to know.

    @raise OptionError: where balancers are to be believed, and there are none.
    """
    if believed and not balancers:
        raise OptionError("proxy-tlvs", "is of balancers, and 'proxy-protocol' names none")
    if not balancers and not origins:
        return {}
    listed = AccessList(balancers, ())
    return {each: Introductions(name, each, listed, origins, now, believed) for each in transports}


def introducing(io: Batches, port: socket.socket, introductions: Introductions | None) -> Batches:
    """The datagrams of a socket, behind headers where there may be some."""
    if introductions is None:
        return io
    name = port.getsockname()
    return IntroducedBatches(io, introductions, (name[0], name[1]))


def streamPort(given: Introductions | None, *parts: Any, **limits: Any) -> StreamPort:
    """What serves a listening socket, whose connections may begin with a header."""
    if given is None:
        return StreamPort(*parts, **limits)
    return IntroducedPort(*parts, **limits).expecting(given)
