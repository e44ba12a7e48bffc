"""Who may ask: allow and deny lists of one front, and so of one transport."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

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

ANYONE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


def networks(text: str) -> tuple[Network, ...]:
    """A list of networks and addresses, separated by blanks or new lines."""
    found = []
    for word in text.split():
        try:
            found.append(ip_network(word))
        except ValueError as error:
            raise ValueError(f"{error}; a network is written like 192.0.2.0/24 or 2001:db8::/32") from None
    return tuple(found)


class AccessList:
    """
    The most specific network that holds an address decides; of two equals, deny.

    An address that no network holds is denied.
    """

    def __init__(self, allow: tuple[Network, ...], deny: tuple[Network, ...]) -> None:
        rules = [(net, False) for net in deny] + [(net, True) for net in allow]
        self._rules = sorted(rules, key=lambda rule: -rule[0].prefixlen)

    def permits(self, text: str) -> bool:
        """Whether the address may ask; IPv4-mapped addresses count as IPv4."""
        address = ip_address(text.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return next((verdict for net, verdict in self._rules if address in net), False)
