"""Addresses as operators write them: C{tls://9.9.9.9:853}, C{udp://[::1]:53}, C{tls://dns.example.org}."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple, TypeVar

from .addresshint import meant
from .host import hostName, isIP, unfit
from .options import items

_DEFAULT_PORT = {"udp": 53, "tcp": 53, "tls": 853}
_GRAMMAR = re.compile(r"(udp|tcp|tls)://(\[[^\]:]*:[^\]]*\]|[^:/\[\]\s]+)(?::([0-9]{1,5}))?")


class Address(NamedTuple):
    """
    One transport address.

    @ivar transport: C{udp}, C{tcp} or C{tls}.
    @ivar host: an IP address in presentation form, an IPv6 zone with it.
    @ivar port: the port.
    """

    transport: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport}://{host}:{self.port}"

    @property
    def ip(self) -> IPv4Address | IPv6Address:
        """The host as a number."""
        return ip_address(self.host)

    @property
    def family(self) -> socket.AddressFamily:
        """AF_INET or AF_INET6."""
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET

    @property
    def sockaddr(self) -> tuple[str, int] | tuple[str, int, int, int]:
        """What the socket module wants, the zone looked up."""
        if self.family == socket.AF_INET:
            return (self.host, self.port)
        found = socket.getaddrinfo(self.host, self.port, flags=socket.AI_NUMERICHOST)
        return found[0][4]  # type: ignore[return-value]


class NamedAddress(NamedTuple):
    """
    A transport address whose IP address has yet to be found.

    @ivar transport: C{udp}, C{tcp} or C{tls}.
    @ivar name: a DNS name in lower case, without the final dot.
    @ivar port: the port.
    """

    transport: str
    name: str
    port: int

    def __str__(self) -> str:
        return f"{self.transport}://{self.name}:{self.port}"

    def at(self, host: str) -> Address:
        """The same at an IP address of the name."""
        return Address(self.transport, host, self.port)


Target = Address | NamedAddress
"""Where an upstream may be asked."""

T = TypeVar("T", Address, NamedAddress, Target)


def _parts(text: str, named: bool) -> tuple[str, str, int]:
    """Transport, host without brackets, and port."""
    found = _GRAMMAR.fullmatch(text)
    if not found:
        raise _wrong(text, named, " is not an address such as tls://192.0.2.1:853 or udp://[::1]:53")
    transport = found[1]
    port = int(found[3]) if found[3] else _DEFAULT_PORT[transport]
    if not 0 <= port <= 65535:
        raise ValueError(f"{text!r}: no port is above 65535")
    if transport == "tls" and port == 53:
        raise ValueError(
            f"{text!r}: DNS over TLS must not use port 53 (RFC 7858 section 3.1); 853 is its port"
        )
    if transport != "tls" and port == 853:
        raise ValueError(f"{text!r}: clear text must not use port 853 (RFC 7858 section 3.1); 53 is its port")
    return transport, found[2].strip("[]"), port


def _wrong(text: str, named: bool, otherwise: str) -> ValueError:
    """What to say of a text that is no address: what was meant, where that is known."""
    known = meant(text, named)
    return ValueError(f"{text!r} {known}" if known else f"{text!r}{otherwise}")


def address(text: str) -> Address:
    """
    One address, its host in the canonical form of RFC 5952.

    @raise ValueError: where it is none, or DNS over TLS would run on port 53 or clear
        text on port 853 (RFC 7858 section 3.1 forbids both).
    """
    transport, host, port = _parts(text, False)
    if not isIP(host):
        raise _wrong(text, False, f": {host} is not an IP address such as 192.0.2.1 or [2001:db8::1]")
    ip = ip_address(host)
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        raise ValueError(f"{text!r}: an IPv4 address is written as such: {mapped}")
    return Address(transport, str(ip), port)


def addresses(text: str) -> tuple[Address, ...]:
    """A list of addresses, separated by blanks or new lines; none is an error."""
    return tuple(address(word) for word in _words(text))


def listened(text: str) -> tuple[Address, ...]:
    """The same, of addresses that a front can be at; port 0 is any that is free."""
    return tuple(_fit(each) for each in addresses(text))


def target(text: str) -> Target:
    """
    One address to ask at, by IP address or by name.

    @raise ValueError: see L{address}; and where nobody can be asked there.
    """
    transport, host, port = _parts(text, True)
    if isIP(host):
        return _askable(address(text))
    try:
        name = hostName(host.removesuffix("."))
    except ValueError:
        instead = "an IP address such as 192.0.2.1 or [2001:db8::1] nor a DNS name such as dns.example.org"
        raise _wrong(text, True, f": {host} is neither {instead}") from None
    return _askable(NamedAddress(transport, name, port))


def targets(text: str) -> tuple[Target, ...]:
    """A list of addresses to ask at, by IP address or by name; none, or one twice, is an error."""
    return _once(target(word) for word in _words(text))


def nameservers(text: str) -> tuple[Address, ...]:
    """Such a list without names, in which an IP address alone is asked over UDP."""
    return _once(_askable(address(_overUDP(word))) for word in _words(text))


def _overUDP(text: str) -> str:
    host = text.removeprefix("[").removesuffix("]")
    if not isIP(host):
        return text
    return f"udp://[{host}]" if ":" in host else f"udp://{host}"


def _askable(found: T) -> T:
    if not found.port:
        raise ValueError(f"{found}: nobody can be asked at port 0; {_DEFAULT_PORT[found.transport]} is usual")
    if isinstance(found, NamedAddress):
        return found
    if found.ip.is_unspecified:
        raise ValueError(f"{found} is no address to ask at; 127.0.0.1 or [::1] is this host")
    return _fit(found)


def _fit(found: Address) -> Address:
    why = unfit(found.host)
    if why:
        raise ValueError(f"{found}: {why}")
    return found


def _once(found: Iterable[T]) -> tuple[T, ...]:
    each = tuple(found)
    for one in each:
        if each.count(one) > 1:
            raise ValueError(f"{one} stands there twice")
    return each


def _words(text: str) -> list[str]:
    found = items(text)
    if not found:
        raise ValueError("no address; one is written like tls://192.0.2.1:853")
    return found
