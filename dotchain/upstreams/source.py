"""From where an upstream is asked: the address or the interface that an operator wants."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from errno import EPERM
from ipaddress import ip_address
from os import strerror
from typing import Any, NamedTuple

from twisted.internet.error import ConnectBindError
from twisted.internet.protocol import ClientFactory
from twisted.python.failure import Failure

from ..address import Address, NamedAddress, Target
from ..host import isIP
from ..options import OptionError, Remark, items
from ..reason import inWords


class Source(NamedTuple):
    """
    What sockets to an upstream are bound to.

    @ivar hosts: IP addresses, one a family at the most; none leaves it to the system.
    @ivar interface: the name of a network interface; empty for any.
    """

    hosts: tuple[str, ...] = ()
    interface: str = ""

    def hostFor(self, host: str) -> str | None:
        """The address to ask a host from; None where the system may choose."""
        return next((each for each in self.hosts if (":" in each) == (":" in host)), None)

    def reaches(self, host: str) -> bool:
        """Whether there is an address of the host's family, or none is asked for."""
        return not self.hosts or self.hostFor(host) is not None

    def towards(self, host: str) -> Source:
        """The same with such addresses alone as are of the host's family."""
        return self._replace(hosts=tuple(each for each in self.hosts if (":" in each) == (":" in host)))

    def bind(self, port: socket.socket, host: str) -> None:
        """
        Bind a socket that is to be connected with a host; its port is for the system to draw.

        @raise OSError: where this host has no such address or interface, or may not use it.
        """
        self.bindToInterface(port)
        own = self.hostFor(host)
        if own is not None:
            found = socket.getaddrinfo(own, 0, flags=socket.AI_NUMERICHOST)
            port.bind(found[0][4])

    def bindToInterface(self, port: socket.socket) -> None:
        """
        The same without the address.

        @raise OSError: where there is no such interface, or this process may not choose one.
        """
        if self.interface:
            port.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self.interface.encode() + b"\0")

    def explain(self, reason: str, forbidden: bool) -> str:
        """Why a socket could not be bound."""
        if forbidden:
            return f"this process may not choose the interface {self.interface}: it needs CAP_NET_RAW"
        where = " ".join([*self.hosts, *filter(None, [self.interface])])
        return f"can't be asked from {where}: {reason}"


def connectFrom(source: Source | None, reactor: Any, address: Address, factory: ClientFactory) -> Any:
    """
    Connect by TCP, from where it is wanted.

    @return: the connector. Where no socket can be bound so, it fails with ConnectBindError.
    """
    own = source and source.hostFor(address.host)
    bound = {"bindAddress": (own, 0)} if own else {}
    connector = reactor.connectTCP(address.host, address.port, factory, **bound)
    handle = socketOf(connector)
    if source is not None and handle is not None:
        try:
            source.bindToInterface(handle)
        except OSError as error:
            connector.transport.failIfNotConnected(ConnectBindError(error.errno, error.strerror))
    return connector


def socketOf(connector: Any) -> Any:
    """The socket of a connector whose connection is in the making, if there is one."""
    return getattr(getattr(connector, "transport", None), "socket", None)


def inWordsFrom(source: Source | None, reason: Failure) -> str:
    """See L{inWords}; where a socket could not be bound to a source, that is told."""
    words = inWords(reason)
    if source is None or not reason.check(ConnectBindError):
        return words
    return source.explain(words, getattr(reason.value, "osError", None) == EPERM)


def source(text: str) -> Source:
    """
    C{192.0.2.7}, C{2001:db8::1}, one of each, C{eth1}, or an interface with addresses.

    @raise ValueError: where it is none of these, or two of a kind.
    """
    words = items(text)
    hosts = tuple(str(ip_address(word)) for word in words if isIP(word))
    interfaces = [word for word in words if not isIP(word)]
    if not words:
        raise ValueError("no source; an IP address of this host, or the name of an interface, is right")
    if len(interfaces) > 1:
        raise ValueError(f"{' and '.join(interfaces)} are two interfaces; one is right")
    if len({":" in host for host in hosts}) < len(hosts):
        raise ValueError(f"{' and '.join(hosts)}: one address a family is right")
    for each in hosts:
        ip = ip_address(each)
        if ip.is_unspecified or ip.is_multicast:
            raise ValueError(f"{each} is no address of this host alone; leave 'source' out for any")
    for name in interfaces:
        _checkName(name)
    return Source(hosts, interfaces[0] if interfaces else "")


def _checkName(name: str) -> None:
    # IFNAMSIZ is 16 with the NUL at its end.
    if len(name.encode()) > 15 or "/" in name or name in (".", ".."):
        raise ValueError(f"{name!r} is neither an IP address nor the name of an interface such as eth1")
    if not hasattr(socket, "SO_BINDTODEVICE"):
        raise ValueError("this system binds no socket to an interface; an IP address is right")


def checkSource(source: Source | None, targets: Iterable[Target]) -> None:
    """@raise OptionError: where an upstream has addresses of a family of which there is no source."""
    for each in targets:
        if source and not isinstance(each, NamedAddress) and not source.reaches(each.host):
            family = "IPv6" if ":" in each.host else "IPv4"
            raise OptionError(
                "source", f"{each} can't be asked from {source.hosts[0]}: add an {family} address"
            )


def absent(source: Source | None) -> list[str]:
    """What C{dotchain check} says of what no socket of this process can be bound to now."""
    if source is None:
        return []
    found = []
    for host in source.hosts:
        why = _refusal(source._replace(interface=""), host)
        found += [f"{host} can't be asked from now: {why}"] if why else []
    if source.interface and (why := _refusal(source._replace(hosts=()), "127.0.0.1")):
        found.append(source.explain(why, why == strerror(EPERM)))
    return [Remark.of("source", each) for each in found]


def _refusal(source: Source, host: str) -> str:
    """Why no socket can be bound to it."""
    with socket.socket(Address("udp", host, 0).family, socket.SOCK_DGRAM) as probe:
        try:
            source.bind(probe, host)
        except OSError as error:
            return error.strerror or str(error)
    return ""
