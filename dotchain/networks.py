"""Networks as operators write them: C{192.0.2.0/24}, C{2001:db8::/32}, one address."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_interface, ip_network

from .options import items

Network = IPv4Network | IPv6Network

PRIVATE = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Loopback, private and link-local addresses: who may ask in clear text by default, as
an open resolver serves attackers (RFC 5358)."""

LOOPBACK = "127.0.0.0/8 ::1"
"""This host, as an operator would write it."""

LOCAL = (ip_network("127.0.0.1"), ip_network("::1"))
"""By these addresses programs of this host connect to it, relays of others among them."""

_MAPPED = IPv6Network("::ffff:0:0/96")

ANYONE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


_WORDS = {"any": "0.0.0.0/0 ::/0", "all": "0.0.0.0/0 ::/0", "localhost": LOOPBACK, "none": "no word at all"}
"""What other programs have words for."""

_SHORT = re.compile(r"([0-9]+(?:\.[0-9]+){0,2})/([0-9]+)")


def networks(text: str) -> tuple[Network, ...]:
    """A list of networks and addresses, separated by blanks or new lines."""
    return tuple(_network(word) for word in items(text))


def _network(word: str) -> Network:
    try:
        found = ip_network(word)
    except ValueError:
        raise ValueError(
            f"{word!r} is no network such as 192.0.2.0/24 or 2001:db8::/32{_meant(word)}"
        ) from None
    if "%" in word:
        raise ValueError(f"{word!r}: the interface of a client does not count; write no '%'")
    if found.version == 6 and found.subnet_of(_MAPPED):
        address = IPv6Address(found.network_address).ipv4_mapped
        raise ValueError(f"{word!r}: clients of IPv4 count as such; write {address}/{found.prefixlen - 96}")
    return found


def _meant(word: str) -> str:
    """What would be right, where that is known."""
    if word.lower() in _WORDS:
        return f"; write {_WORDS[word.lower()]}"
    short = _SHORT.fullmatch(word)
    if short:
        word = f"{short[1]}{'.0' * (3 - short[1].count('.'))}/{short[2]}"
    try:
        whole = ip_interface(word)
    except ValueError:
        return ""
    if short and whole.ip == whole.network.network_address:
        return f"; write {whole.network}"
    return f": it has host bits set; write {whole.network} for the network, or {whole.ip} for one host"
