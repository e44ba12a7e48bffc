"""The names that stand for something else than the public DNS, and what they are answered."""

from __future__ import annotations

from typing import NamedTuple

from .localzone import LocalZoneType

_ZEROS = "0." * 31


class SpecialName(NamedTuple):
    """
    One name, all those below it included.

    @ivar name: in presentation form, without the last dot.
    @ivar zoneType: what it is answered.
    @ivar rfc: where that is written.
    @ivar parent: the public DNS delegates it insecurely, or is to: validators behind us want
        the proof of that, the DS query for the name itself (RFC 8375 section 4, RFC 6303
        section 6).
    """

    name: str
    zoneType: LocalZoneType
    rfc: str
    parent: bool = False


def _reverse(section: str, *names: str) -> list[SpecialName]:
    """Reverse zones, which have SOA and NS and nothing else (RFC 6303 section 3)."""
    return [SpecialName(name, LocalZoneType.EMPTY, section, parent=True) for name in names]


SPECIAL_NAMES = (
    SpecialName("localhost", LocalZoneType.LOOPBACK, "RFC 6761 section 6.3"),
    SpecialName("invalid", LocalZoneType.ABSENT, "RFC 6761 section 6.4"),
    SpecialName("test", LocalZoneType.ABSENT, "RFC 6761 section 6.2"),
    SpecialName("local", LocalZoneType.ABSENT, "RFC 6762 section 22.1"),
    SpecialName("onion", LocalZoneType.ABSENT, "RFC 7686 section 2"),
    SpecialName("alt", LocalZoneType.ABSENT, "RFC 9476 section 2"),
    SpecialName("use-application-dns.net", LocalZoneType.ABSENT, "Firefox's canary domain"),
    SpecialName("resolver.arpa", LocalZoneType.SILENT, "RFC 9462 section 6.4"),
    SpecialName("home.arpa", LocalZoneType.EMPTY, "RFC 8375 section 4", parent=True),
    SpecialName("service.arpa", LocalZoneType.EMPTY, "RFC 9665 section 10.2", parent=True),
    *_reverse("RFC 6303 section 4.1", "10.in-addr.arpa", "168.192.in-addr.arpa"),
    *_reverse("RFC 6303 section 4.1", *(f"{octet}.172.in-addr.arpa" for octet in range(16, 32))),
    *_reverse("RFC 6303 section 4.2", "0.in-addr.arpa", "127.in-addr.arpa", "254.169.in-addr.arpa"),
    *_reverse("RFC 6303 section 4.2", "2.0.192.in-addr.arpa", "100.51.198.in-addr.arpa"),
    *_reverse("RFC 6303 section 4.2", "113.0.203.in-addr.arpa", "255.255.255.255.in-addr.arpa"),
    *_reverse("RFC 7793", *(f"{octet}.100.in-addr.arpa" for octet in range(64, 128))),
    *_reverse("RFC 6303 section 4.3", f"0.{_ZEROS}ip6.arpa", f"1.{_ZEROS}ip6.arpa"),
    *_reverse("RFC 6303 section 4.4", "d.f.ip6.arpa"),
    *_reverse("RFC 6303 section 4.5", *(f"{nibble}.e.f.ip6.arpa" for nibble in "89ab")),
    *_reverse("RFC 6303 section 4.6", "8.b.d.0.1.0.0.2.ip6.arpa"),
)
"""What the stage C{special} answers unless the operator excepts it. Not in here, since their
RFCs leave them to the DNS: the example names (RFC 6761 section 6.5) and ipv4only.arpa (RFC 8880)."""
