"""What stands before DNS on a stream: the ClientHello, and the header of a balancer."""

from __future__ import annotations

from contextlib import suppress

from dotchain.tls.alpnoffer import alpnOffer
from dotchain.tls.helloreader import HelloReader, UnreadableHello
from dotchain.tls.servername import serverName
from dotchain.wire import FormatError
from dotchain.wire.proxyheader import ProxyHeader, encrypted, parse, proxied, size

from ..target import Target

_TLVS = encrypted("TLSv1.3", "TLS_AES_128_GCM_SHA256", "dot", "dns.example.org", "laptop.example")


def readHello(octets: bytes) -> bytes | None:
    """
    The body of the ClientHello that comes in two pieces; None while it isn't whole.

    @raise UnreadableHello: where it can't be read.
    """
    reader, half = HelloReader(), len(octets) // 2
    reader.feed(octets[:half])
    if reader.body is None:
        reader.feed(octets[half:])
    return reader.body


def _hello(octets: bytes) -> None:
    """It is read or refused, and so is what it says."""
    with suppress(UnreadableHello):
        body = readHello(octets)
        if body is not None:
            serverName(body)
            alpnOffer(body)


def _proxy(octets: bytes) -> None:
    """A header is as long as it was said to be, and what it says can be said again."""
    with suppress(FormatError):
        header, end = parse(octets)
        assert end == size(octets[:16]) <= len(octets)
        if header.source:
            # IPv4-mapped addresses are said as those of IPv4.
            again = parse(proxied(header, datagram=False))[0]
            assert (again.port, again.localPort) == (header.port, header.localPort)
            assert parse(proxied(again, datagram=False))[0] == again


TARGETS = (
    Target(
        "hello",
        _hello,
        (),
        message=True,
    ),
    Target(
        "proxy",
        _proxy,
        (
            proxied(ProxyHeader("192.0.2.1", 4711, "198.51.100.53", 853), datagram=True),
            proxied(ProxyHeader("2001:db8::1", 4711, "2001:db8::53", 853), datagram=False, tlvs=_TLVS),
        ),
        message=True,
    ),
)
