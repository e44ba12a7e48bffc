"""Addresses that the interfaces of this host speak against, as they are at the start."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..address import Address
from ..upstreams.source import Source
from .ini import Problem, Section


def interfaces() -> list[str]:
    """The names of this host's network interfaces."""
    return [name for _, name in socket.if_nameindex()]


def isBroadcast(address: Address) -> bool:
    """Whether the system takes it for a broadcast address of an interface. Nothing is sent."""
    with socket.socket(address.family, socket.SOCK_DGRAM) as probe:
        if _connects(probe, address) is not PermissionError:
            return False
        # A route or a rule may forbid it as well; this permits broadcast alone.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        return _connects(probe, address) is None


def _connects(probe: socket.socket, address: Address) -> type[OSError] | None:
    """Why a socket can't be connected; None where it can."""
    try:
        probe.connect(address.sockaddr)
    except OSError as error:
        return type(error)
    return None


def astray(
    values: Mapping[Section, Mapping[str, Any]],
    interfaces: Callable[[], Iterable[str]] = interfaces,
    isBroadcast: Callable[[Address], bool] = isBroadcast,
) -> list[Problem]:
    """
    The addresses in the values of sections that name an interface that is not there, or are broadcast.

    @param values: those of each section, as its constructor takes them.
    """
    return [
        section.problem(key.replace("_", "-"), f"{each}: {why}")
        for section, found in values.items()
        for key, value in found.items()
        for each in (value if isinstance(value, tuple) else ())
        if type(each) is Address and (why := _objection(each, interfaces, isBroadcast))
    ] + [
        section.problem(key.replace("_", "-"), why)
        for section, found in values.items()
        for key, value in found.items()
        if isinstance(value, Source) and value.interface and (why := _missing(value.interface, interfaces))
    ]


def _objection(
    address: Address, interfaces: Callable[[], Iterable[str]], isBroadcast: Callable[[Address], bool]
) -> str | None:
    zone = address.host.partition("%")[2]
    if not zone:
        broadcast = address.ip.version == 4 and isBroadcast(address)
        return f"{address.host} is a broadcast address, which no server has for itself" if broadcast else None
    return None if zone.isdigit() and _named(int(zone)) else _missing(zone, interfaces)


def _missing(name: str, interfaces: Callable[[], Iterable[str]]) -> str | None:
    there = list(interfaces())
    return None if name in there else f"there is no interface {name!r}; there are {', '.join(there)}"


def _named(number: int) -> bool:
    try:
        return bool(socket.if_indextoname(number))
    except (OSError, OverflowError):
        return False
