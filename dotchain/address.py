"""Addresses as operators write them: C{tls://9.9.9.9:853}, C{udp://[::1]:53}."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

_DEFAULT_PORT = {"udp": 53, "tcp": 53, "tls": 853}
_GRAMMAR = re.compile(r"(udp|tcp|tls)://(\[[^\]]*:[^\]]*\]|[^:/\[\]\s]+)(?::([0-9]{1,5}))?")


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


def address(text: str) -> Address:
    """
    One address.

    @raise ValueError: where it is none, or DNS over TLS would run on port 53 or clear
        text on port 853 (RFC 7858 section 3.1 forbids both).
    """
    found = _GRAMMAR.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an address such as tls://192.0.2.1:853 or udp://[::1]:53")
    transport, host = found[1], found[2].strip("[]")
    port = int(found[3]) if found[3] else _DEFAULT_PORT[transport]
    try:
        ip_address(host)
    except ValueError:
        raise ValueError(
            f"{text!r}: {host} is not an IP address such as 192.0.2.1 or [2001:db8::1]"
        ) from None
    mapped = getattr(ip_address(host), "ipv4_mapped", None)
    if mapped is not None:
        raise ValueError(f"{text!r}: an IPv4 address is written as such: {mapped}")
    if not 0 <= port <= 65535:
        raise ValueError(f"{text!r}: no port is above 65535")
    if transport == "tls" and port == 53:
        raise ValueError(
            f"{text!r}: DNS over TLS must not use port 53 (RFC 7858 section 3.1); 853 is its port"
        )
    if transport != "tls" and port == 853:
        raise ValueError(f"{text!r}: clear text must not use port 853 (RFC 7858 section 3.1); 53 is its port")
    return Address(transport, host, port)


def addresses(text: str) -> tuple[Address, ...]:
    """A list of addresses, separated by blanks or new lines; none is an error."""
    found = tuple(address(word) for word in text.split())
    if not found:
        raise ValueError("no address; one is written like tls://192.0.2.1:853")
    return found
