"""Addresses as operators write them: C{tls://9.9.9.9:853}, C{udp://[::1]:53}, C{tls://dns.example.org}."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

_DEFAULT_PORT = {"udp": 53, "tcp": 53, "tls": 853}
_GRAMMAR = re.compile(r"(udp|tcp|tls)://(\[[^\]]*:[^\]]*\]|[^:/\[\]\s]+)(?::([0-9]{1,5}))?")
_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


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


def hostName(text: str) -> str:
    """
    The DNS name of a host, in lower case.

    @raise ValueError: where it is none, or could be taken for an IPv4 address.
    """
    if not _HOST_NAME.fullmatch(text) or len(text) > 253 or text.rpartition(".")[2].isdigit():
        raise ValueError(f"{text!r} is not a DNS name such as dns.example.org")
    return text.lower()


def _parts(text: str) -> tuple[str, str, int]:
    """Transport, host without brackets, and port."""
    found = _GRAMMAR.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an address such as tls://192.0.2.1:853 or udp://[::1]:53")
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


def _isIP(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def address(text: str) -> Address:
    """
    One address.

    @raise ValueError: where it is none, or DNS over TLS would run on port 53 or clear
        text on port 853 (RFC 7858 section 3.1 forbids both).
    """
    transport, host, port = _parts(text)
    if not _isIP(host):
        raise ValueError(f"{text!r}: {host} is not an IP address such as 192.0.2.1 or [2001:db8::1]")
    mapped = getattr(ip_address(host), "ipv4_mapped", None)
    if mapped is not None:
        raise ValueError(f"{text!r}: an IPv4 address is written as such: {mapped}")
    return Address(transport, host, port)


def addresses(text: str) -> tuple[Address, ...]:
    """A list of addresses, separated by blanks or new lines; none is an error."""
    return tuple(address(word) for word in _words(text))


def target(text: str) -> Target:
    """
    One address to ask at, by IP address or by name.

    @raise ValueError: see L{address}; and where nobody can be asked there.
    """
    transport, host, port = _parts(text)
    if _isIP(host):
        return _askable(address(text))
    try:
        return NamedAddress(transport, hostName(host.removesuffix(".")), port)
    except ValueError:
        raise ValueError(
            f"{text!r}: {host} is neither an IP address such as 192.0.2.1 or [2001:db8::1] "
            "nor a DNS name such as dns.example.org"
        ) from None


def targets(text: str) -> tuple[Target, ...]:
    """A list of addresses to ask at, by IP address or by name; none is an error."""
    return tuple(target(word) for word in _words(text))


def nameservers(text: str) -> tuple[Address, ...]:
    """A list of addresses to ask at; an IP address alone is asked over UDP. None is an error."""
    return tuple(_askable(address(word if "://" in word else _overUDP(word))) for word in _words(text))


def _overUDP(text: str) -> str:
    host = text.removeprefix("[").removesuffix("]")
    if not _isIP(host):
        raise ValueError(
            f"{text!r} is neither an IP address such as 192.0.2.1 nor an address such as tls://192.0.2.1:853"
        )
    return f"udp://[{host}]" if ":" in host else f"udp://{host}"


def _askable(found: Address) -> Address:
    if found.ip.is_unspecified:
        raise ValueError(f"{found} is no address to ask at; 127.0.0.1 or [::1] is this host")
    return found


def _words(text: str) -> list[str]:
    found = text.split()
    if not found:
        raise ValueError("no address; one is written like tls://192.0.2.1:853")
    return found
