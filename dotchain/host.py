"""Hosts: DNS names and IP addresses, and which of those no server has, whatever the network is like."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")

_THIS_NETWORK = IPv4Network("0.0.0.0/8")
_LINK_LOCAL = IPv6Network("fe80::/10")


def hostName(text: str) -> str:
    """
    The DNS name of a host, in lower case.

    @raise ValueError: where it is none, or could be taken for an IPv4 address.
    """
    if not _NAME.fullmatch(text) or len(text) > 253 or text.rpartition(".")[2].isdigit():
        raise ValueError(f"{text!r} is not a DNS name such as dns.example.org")
    return text.lower()


def isIP(host: str) -> bool:
    """Whether it is an IP address, an IPv6 zone with it."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def unfit(host: str) -> str | None:
    """Why neither a front nor a server elsewhere can be at an IP address; None where they can."""
    ip = ip_address(host)
    if ip.is_multicast:
        return f"{host} is a multicast address, which no server has for itself"
    return _unfit4(ip) if isinstance(ip, IPv4Address) else _unfit6(ip)


def _unfit4(ip: IPv4Address) -> str | None:
    if ip == IPv4Address("255.255.255.255"):
        return f"{ip} is the broadcast address, which no server has for itself"
    if ip.is_reserved:
        return f"{ip} is reserved (240.0.0.0/4, RFC 1112 section 4), and no host has it"
    if ip in _THIS_NETWORK and not ip.is_unspecified:
        return f"{ip} is of 0.0.0.0/8, which no host has (RFC 1122 section 3.2.1.3)"
    return None


def _unfit6(ip: IPv6Address) -> str | None:
    if ip.ipv4_mapped is not None:
        return f"an IPv4 address is written as such: {ip.ipv4_mapped}"
    if ip in _LINK_LOCAL and not ip.scope_id:
        return f"{ip} is link-local, and so needs its interface: write [{ip}%eth0] with the name of yours"
    if ip.scope_id and ip not in _LINK_LOCAL:
        bare = str(ip).partition("%")[0]
        return f"only link-local addresses (fe80::/10) have an interface behind a '%'; write [{bare}]"
    return None
