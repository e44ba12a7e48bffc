"""Which TLS front clients may turn to: the answer to C{_dns.resolver.arpa SVCB} (RFC 9462)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

import dns.name

from ..host import unfit
from ..options import items, whole
from .localzone import QNAME, LocalZone, record

RESOLVER = dns.name.from_text("resolver.arpa.")
OWNER = dns.name.from_text("_dns.resolver.arpa.").to_digestable()

# Seconds. Clients keep to a designation, or to one that they could not verify, for so long.
_TTL = 3600

_DOT = 853

IPAddress = IPv4Address | IPv6Address


def dotPort(text: str) -> int:
    """A port that DNS over TLS may have (RFC 7858 section 3.1)."""
    number = whole(text)
    if not 0 < number < 65536 or number == 53:
        raise ValueError(f"{text!r} is no port of DNS over TLS; 853 is its port")
    return number


def hosts(text: str) -> tuple[IPAddress, ...]:
    """A list of IP addresses that others can reach, separated by blanks or new lines."""
    return tuple(_host(word) for word in items(text))


def _host(word: str) -> IPAddress:
    try:
        found = ip_address(word)
    except ValueError as error:
        raise ValueError(f"{error}; one is written like 192.0.2.53 or 2001:db8::53") from None
    if found.is_unspecified or "%" in word or unfit(word):
        raise ValueError(f"{word!r} is no address that clients elsewhere can turn to")
    return found


class DesignatedResolver(NamedTuple):
    """
    A server of DNS over TLS that clients of clear text may turn to.

    @ivar name: its name, which clients ask for in the handshake.
    @ivar port: its port.
    @ivar addresses: its addresses; none leaves clients to look the name up.
    """

    name: dns.name.Name
    port: int
    addresses: tuple[IPAddress, ...]

    def tell(self, zone: LocalZone) -> None:
        """Put it into the zone resolver.arpa, its addresses along (RFC 9462 section 4)."""
        target = self.name.to_digestable()
        along = [record(target, _type(each), str(each), _TTL) for each in self.addresses]
        zone.add(OWNER, record(QNAME, "SVCB", self._service(), _TTL), additional=along)

    def _service(self) -> str:
        """The RDATA: C{1 dot.example.net. alpn=dot ipv4hint=192.0.2.53} (RFC 9461 section 4)."""
        words = ["1", self.name.to_text(), "alpn=dot"]
        if self.port != _DOT:
            words.append(f"port={self.port}")
        for version in (4, 6):
            hints = [str(each) for each in self.addresses if each.version == version]
            if hints:
                words.append(f"ipv{version}hint={','.join(hints)}")
        return " ".join(words)


def _type(address: IPAddress) -> str:
    return "A" if address.version == 4 else "AAAA"
