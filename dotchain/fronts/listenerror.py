"""Why an address can't be listened on, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT
from pathlib import Path

from ..address import Address
from .addressinuse import whoListens
from .listening import canFreeBind

_UNPRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def whyNotListening(
    address: Address, error: OSError, whoListens: Callable[[Address], str | None] = whoListens
) -> str:
    """
    The system's own words, and ours.

    @param error: what binding or listening has raised.
    @param whoListens: tells who has an address.
    """
    text = error.strerror or str(error)
    if error.errno == EADDRINUSE:
        who = whoListens(address)
        return f"{text}, by {who}" if who else text
    if error.errno == EACCES and address.port < _unprivileged():
        return (
            f"{text}: ports below {_unprivileged()} are for root and processes with CAP_NET_BIND_SERVICE "
            "(systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE); start as root, and with twistd --uid USER "
            "to go on as another user"
        )
    if error.errno == EADDRNOTAVAIL:
        later = "; where it comes later, write free-bind = yes" if canFreeBind() else ""
        return f"{text}: no interface of this host has it{later}"
    return f"{text}: this system has no IPv6" if error.errno == EAFNOSUPPORT and ":" in address.host else text


def _unprivileged() -> int:
    """The first port that everyone may bind."""
    try:
        return int(_UNPRIVILEGED.read_text())
    except (OSError, ValueError):
        return 1024
