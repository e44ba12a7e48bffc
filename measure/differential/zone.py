"""A zone with everything that a nameserver may have to say."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import dns.zone

AUTHORITATIVE, VALIDATED, BOGUS = "diff.test.", "valid.test.", "bogus.test."
"""Zones of the same text: answered from as they stand, signed and validated, and bogus in part."""

LARGE = {"a10": 10, "a30": 30, "a75": 75, "a400": 400, "a4000": 4000, "a4300": 4300}
"""Names of many addresses; the last one's don't fit into any message."""

LONG = {"txt500": 500, "txt1100": 1100, "txt1232": 1200, "txt1400": 1400, "txt4000": 4000, "txt60000": 60000}
"""Names of TXT records of so many octets."""


class Owner(NamedTuple):
    """
    A name of the zone.

    @ivar name: as on the wire.
    @ivar types: what it has, by number.
    @ivar resolved: in a zone that Unbound looks up as a resolver does.
    """

    name: bytes
    types: tuple[int, ...]
    resolved: bool = False


_PLAIN = (
    r"""
$TTL 3600
@ 300 IN SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
@ MX 10 mail
@ TXT "v=spf1 -all" "second string"
@ CAA 0 issue "ca.example.net"
ns A 192.0.2.53
ns AAAA 2001:db8::53
mail 600 A 192.0.2.25
mail 60 AAAA 2001:db8::25
foo A 192.0.2.1
foo AAAA 2001:db8::1
foo 30 TXT "short-lived"
foo LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
foo HINFO "PDP-11" "RSX"
foo SSHFP 1 1 dd465c09cfa51fb45020cc83316fff21b9ec74ac
WwW.MiXeD A 192.0.2.2
WwW.MiXeD MX 5 MaIl
_dns._tcp SRV 0 5 853 ns
_dns._tcp SRV 0 5 853 mail
sip NAPTR 100 50 "s" "SIP+D2U" "" _sip._udp
_443._tcp.www TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
svc SVCB 1 foo alpn="dot,h2" port=853 ipv4hint=192.0.2.1
https HTTPS 1 . alpn="h3" key65000="\001\002\255"
alias0 HTTPS 0 foo
unknown TYPE65280 \# 6 c00c0001ff00
unknown TYPE65280 \# 0
unknown TYPE1000 \# 300 """
    + "ab" * 300
    + r"""
old MB \# 5 03666f6f00
old MG \# 5 03666f6f00
old MINFO \# 11 03666f6f00046d61696c00
old RP hostmaster foo
old AFSDB 1 foo
old RT 10 foo
old KX 10 foo
old PX 10 foo mail
uri URI 10 1 "https://diff.test/"
zero 0 A 192.0.2.3
once 1 A 192.0.2.4
ages 2147483647 A 192.0.2.5
alias CNAME foo
alias2 60 CNAME alias
alias3 7200 CNAME alias2
dangling CNAME nowhere
loop1 CNAME loop2
loop2 CNAME loop1
intodname CNAME foo.dname
dname DNAME mixed
a.b.c.empty A 192.0.2.6
*.wild A 192.0.2.7
*.wild TXT "from the wildcard"
taken.wild MX 10 mail
*.wildalias CNAME foo
ptr PTR foo
dot\.inside A 192.0.2.8
\000zero\255 A 192.0.2.9
sp\032ace\"quote\;semi A 192.0.2.10
\196\214\220 A 192.0.2.11
@dollar\$ A 192.0.2.12
emptytxt TXT ""
"""
)

_ELSEWHERE = """
@ NS ns.sub
sub NS ns.sub
ns.sub A 127.0.0.2
sub2 NS ns1.sub2
sub2 NS ns.elsewhere.example.
ns1.sub2 A 127.0.0.2
sub2 DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
todelegated CNAME www.sub2
outside CNAME www.example.net.
"""
"""What a resolver would follow to where nobody answers: of the authoritative zone alone."""


def _longest(origin: str) -> str:
    """A name that has 255 octets in this zone."""
    room = 254 - len(origin)
    found = []
    while room > 64:
        found.append("l" * 63)
        room -= 64
    return ".".join([*found, "e" * (room - 1)])


def zoneText(origin: str) -> str:
    """The master file (RFC 1035 section 5)."""
    lines = [f"$ORIGIN {origin}{_PLAIN}", *[_ELSEWHERE] * (origin == AUTHORITATIVE)]
    for name, count in LARGE.items():
        lines += [f"{name} A 10.{n >> 8}.{n & 255}.1" for n in range(count)]
    for name, size in LONG.items():
        strings = " ".join(f'"{"x" * min(255, size - at)}"' for at in range(0, size, 255))
        lines.append(f"{name} TXT {strings}")
    lines += [f"many MX {n} {chr(97 + n % 26) * (n % 50 + 1)}" for n in range(60)]
    lines += [f"{chr(97 + n % 26) * (n % 50 + 1)} A 10.9.0.{n}" for n in range(60)]
    lines.append(f"{_longest(origin)} A 192.0.2.13")
    return "\n".join(lines) + "\n"


@cache
def owners(origin: str) -> tuple[Owner, ...]:
    """All names of the zone."""
    zone = dns.zone.from_text(zoneText(origin), origin, relativize=False, check_origin=False)
    return tuple(
        Owner(
            name.to_wire() or b"",
            tuple(int(rdataset.rdtype) for rdataset in node),
            origin != AUTHORITATIVE,
        )
        for name, node in zone.items()
    )
