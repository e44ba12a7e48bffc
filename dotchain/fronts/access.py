"""Who may ask: allow and deny lists of one front, and so of one transport."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from ..networks import Network


class AccessList:
    """
    The most specific network that holds an address decides; of two equals, deny.

    An address that no network holds is denied.
    """

    def __init__(self, allow: tuple[Network, ...], deny: tuple[Network, ...]) -> None:
        rules = [(net, False) for net in deny] + [(net, True) for net in allow]
        self._rules = sorted(rules, key=lambda rule: -rule[0].prefixlen)

    def __bool__(self) -> bool:
        """Whether it lists anything."""
        return bool(self._rules)

    def permits(self, text: str) -> bool:
        """Whether the address may ask; IPv4-mapped addresses count as IPv4."""
        address = ip_address(text.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return next((verdict for net, verdict in self._rules if address in net), False)
