"""A front in the place of another one, on the same sockets where they have the same addresses."""

from __future__ import annotations

import socket
from collections.abc import Container
from datetime import datetime, timezone

from ..address import Address
from ..tls.certificates import day
from .datagrams.port import DatagramPort
from .front import Front
from .queryslots import TotalSlots
from .streams.backlog import Backlog
from .streams.port import StreamPort


def follow(front: Front, made: Front) -> None:
    """
    Have a front ask what another one was made to ask, which is thrown away: sockets, connections and counters
    stay.
    """
    for transport, responder in front.responders.items():
        responder.follow(made.responders[transport])
    for port in front.ports:
        if isinstance(port, DatagramPort):
            port.follow()
    front.forget()
    front.querySlots.resized()


def expired(front: Front, before: Front) -> str:
    """
    Why the certificates of a front must not take the place of those that another one shows, or nothing: one
    that still serves clients is better than one that has expired.
    """
    now = datetime.now(timezone.utc)
    ends, others = ([each.not_valid_after_utc for each in leaves] for leaves in (front.leaves, before.leaves))
    if not ends or not others or min(others) < now or min(ends) >= now:
        return ""
    return f"expired on {day(min(ends))}, and the one that serves has not"


def join(front: Front, total: TotalSlots, backlog: Backlog) -> None:
    """Have a front that serves nobody yet share with those that do."""
    front.querySlots.moveTo(total)
    front.backlog = backlog


def heldBy(front: Front) -> dict[Address, socket.socket]:
    """The sockets of a front, which go to whoever takes its place."""
    return {address: port.listener for address, port in zip(front.listen, front.ports, strict=False)}


def lastLook(front: Front, kept: Container[Address]) -> None:
    """Take what has come to those of its addresses that are not kept: nothing more will."""
    for address, port in zip(front.listen, front.ports, strict=False):
        if address not in kept and isinstance(port, DatagramPort):
            port.leave()
        elif address not in kept:
            port.doRead()


def succeed(front: Front, before: Front) -> None:
    """
    Have a front, which is bound, go on with what another one of its name has begun: connections, whatever
    address they came to, and counters.
    """
    for transport, responder in front.responders.items():
        if transport in before.responders:
            responder.succeed(before.responders[transport])
    for transport, introductions in front.introductions.items():
        if transport in before.introductions:
            introductions.succeed(before.introductions[transport])
    for address, old in zip(before.listen, before.ports, strict=False):
        if isinstance(old, StreamPort) and (heir := _heir(front, address)):
            heir.succeed(old)


def _heir(front: Front, address: Address) -> StreamPort | None:
    """Where connections live on: at the same address, else at another one of the same transport."""
    ports = [
        (each == address, port)
        for each, port in zip(front.listen, front.ports, strict=False)
        if each.transport == address.transport and isinstance(port, StreamPort)
    ]
    return max(ports, key=lambda each: each[0])[1] if ports else None
