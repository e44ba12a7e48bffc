"""Headers of the PROXY protocol, as we write and read them, and as another library does."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from hypothesis import given
from hypothesis import strategies as st
from proxyprotocol.result import ProxyResultIPv4, ProxyResultIPv6
from proxyprotocol.v2 import ProxyProtocolV2
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import FormatError
from dotchain.wire.proxyheader import (
    FIXED,
    LOCAL,
    LONGEST,
    SIGNATURE,
    ProxyHeader,
    encrypted,
    parse,
    proxied,
    size,
)

PORTS = st.integers(0, 65535)
FOURS = st.integers(0, 2**32 - 1).map(IPv4Address)
# Beyond those that stand for IPv4 addresses.
SIXES = st.integers(2**64, 2**128 - 1).map(IPv6Address)
CLIENT = ProxyHeader("192.0.2.1", 4711, "198.51.100.53", 853)


def told(octets: bytes) -> tuple[ProxyHeader, int]:
    """What the other library reads."""
    found = ProxyProtocolV2().unpack(octets)
    assert isinstance(found, (ProxyResultIPv4, ProxyResultIPv6))
    (source, port), (local, localPort) = found.source, found.dest
    return ProxyHeader(str(source), port, str(local), localPort), int(found.protocol or 0)


class ProxiedTests(SynchronousTestCase):
    """L{proxied}, and L{parse} of it."""

    @given(st.one_of(st.tuples(FOURS, FOURS), st.tuples(SIXES, SIXES)), PORTS, PORTS, st.booleans())
    def test_others(self, both: tuple[object, object], port: int, asked: int, datagram: bool) -> None:
        """What we write another library reads as we do."""
        header = ProxyHeader(str(both[0]), port, str(both[1]), asked)
        octets = proxied(header, datagram)
        read, protocol = told(octets)
        self.assertEqual(protocol, socket.SOCK_DGRAM if datagram else socket.SOCK_STREAM)
        found, end = parse(octets + b"\0\1")
        self.assertEqual(end, len(octets))
        for each in (read, found):
            self.assertEqual(ip_address(each.source), both[0])
            self.assertEqual(ip_address(each.local), both[1])
            self.assertEqual((each.port, each.localPort), (port, asked))

    @given(FOURS, PORTS, SIXES)
    def test_ofOthers(self, source: object, port: int, six: object) -> None:
        """What another library writes we read, its checksum being stepped over."""
        for address, result in ((source, ProxyResultIPv4), (six, ProxyResultIPv6)):
            octets = ProxyProtocolV2().pack(
                result((address, port), (address, 53), protocol=socket.SOCK_STREAM)  # type: ignore[arg-type]
            )
            found, end = parse(octets)
            self.assertEqual((ip_address(found.source), found.port, found.localPort), (address, port, 53))
            self.assertEqual(end, len(octets))

    def test_twoFamilies(self) -> None:
        """A client of one family who asked an address of the other is told as IPv6."""
        found, _ = parse(proxied(ProxyHeader("192.0.2.1", 1, "2001:db8::53", 53), True))
        self.assertEqual((found.source, found.local), ("::ffff:192.0.2.1", "2001:db8::53"))

    def test_mapped(self) -> None:
        """An IPv4 client on an IPv6 socket is one of IPv4."""
        found, _ = parse(proxied(ProxyHeader("::ffff:192.0.2.1", 1, "::ffff:192.0.2.2", 53), True))
        self.assertEqual((found.source, found.local), ("192.0.2.1", "192.0.2.2"))


class EncryptedTests(SynchronousTestCase):
    """L{encrypted}: what is told of TLS (sections 2.2.1, 2.2.2, 2.2.6)."""

    def test_others(self) -> None:
        """Another library finds version, cipher, ALPN, server name and the certificate's name."""
        tlvs = encrypted("TLSv1.3", "TLS_AES_256_GCM_SHA384", "dot", "dns.example", "laptop")
        found = ProxyProtocolV2().unpack(proxied(CLIENT, False, tlvs)).tlv
        self.assertEqual((found.alpn, found.authority), (b"dot", "dns.example"))
        tls = found.ssl
        self.assertEqual((tls.has_ssl, tls.has_cert_conn, tls.verify), (True, True, 0))
        self.assertEqual((tls.version, tls.cipher, tls.cn), ("TLSv1.3", "TLS_AES_256_GCM_SHA384", "laptop"))

    def test_nobody(self) -> None:
        """Without a certificate none was verified, and nobody is named."""
        found = ProxyProtocolV2().unpack(proxied(CLIENT, False, encrypted("TLSv1.3", "X"))).tlv
        self.assertEqual((found.alpn, found.authority, found.ssl.cn), (None, None, None))
        self.assertEqual((found.ssl.has_cert_conn, found.ssl.verify), (False, 1))

    def test_long(self) -> None:
        """Names that clients choose are cut, and the header stays one that we would take."""
        header = proxied(CLIENT, False, encrypted("TLSv1.3", "X" * 60, "dot", "x" * 999))
        self.assertEqual(parse(header)[0], CLIENT)


def tlv(kind: int, octets: bytes) -> bytes:
    """One TLV."""
    return bytes((kind,)) + len(octets).to_bytes(2, "big") + octets


class NamedTests(SynchronousTestCase):
    """The names of a client's TLS, as a balancer tells them."""

    def names(self, tlvs: bytes) -> tuple[str, str]:
        """What is read of them."""
        found, _ = parse(proxied(CLIENT, False, tlvs), True)
        self.assertEqual(found[:4], CLIENT[:4])
        return found.sni, found.identity

    def test_names(self) -> None:
        """Server name and the name of a certificate are read as matches have them, where that is wanted."""
        tlvs = encrypted("TLSv1.3", "X", "dot", "DNS.Example.", "Laptop")
        self.assertEqual(self.names(tlvs), ("dns.example", "laptop"))
        self.assertEqual(parse(proxied(CLIENT, False, tlvs))[0], CLIENT)

    def test_unproven(self) -> None:
        """Only a certificate that the balancer has verified tells who the client is."""
        name = tlv(0x22, b"laptop")
        for flags, verified, identity in (
            (3, 0, "laptop"),
            (5, 0, "laptop"),
            (3, 1, ""),
            (1, 0, ""),
            (2, 0, ""),
        ):
            told = tlv(0x20, bytes((flags,)) + verified.to_bytes(4, "big") + name)
            self.assertEqual(self.names(told), ("", identity), (flags, verified))
        self.assertEqual(self.names(tlv(0x20, b"\3\0\0")), ("", ""))

    def test_noNames(self) -> None:
        """What is no text is no name; others come before and behind."""
        more = tlv(0xE0, bytes(9))
        for octets in (b"\xff\xfe", b"a\nb", b"\0", b"x" * 256):
            self.assertEqual(self.names(more + tlv(2, octets) + more), ("", ""), octets)
        self.assertEqual(self.names(more + tlv(2, b"a.example") + tlv(2, b"b.example")), ("a.example", ""))

    def test_cut(self) -> None:
        """A TLV that says more than there is makes a header that can't be taken, wherever it is cut."""
        whole = tlv(2, b"dns.example") + tlv(0x20, b"\3\0\0\0\0" + tlv(0x22, b"laptop"))
        for end in range(1, len(whole)):
            if end == 14:
                continue
            with self.assertRaises(FormatError):
                self.names(whole[:end])
        with self.assertRaises(FormatError):
            self.names(tlv(0x20, b"\3\0\0\0\0" + b"\x22\0\7laptop"))


class ParseTests(SynchronousTestCase):
    """L{parse} and L{size}."""

    def test_local(self) -> None:
        """LOCAL tells of no client, whatever stands in it."""
        self.assertEqual(parse(LOCAL + b"rest"), (ProxyHeader(), FIXED))
        octets = proxied(CLIENT, False)
        self.assertEqual(parse(octets[:12] + b"\x20" + octets[13:]), (ProxyHeader(), len(octets)))

    def test_noAddress(self) -> None:
        """Neither UNSPEC nor a path of AF_UNIX is a client's IP address."""
        for octets in (b"\x21\0\0\3abc", b"\x21\x31\0\xd8" + b"/".ljust(216, b"\0")):
            whole = SIGNATURE + octets
            self.assertEqual(parse(whole + b"rest"), (ProxyHeader(), len(whole)))

    def test_none(self) -> None:
        """What is no header, or of no use, is told by reason."""
        whole = proxied(CLIENT, False)
        for octets, reason in (
            (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY version 1"),
            (b"\0\1\1\0\0\1\0\0\0\0\0\0", "no PROXY header"),
            (b"", "PROXY header is cut off"),
            (whole[:-1], "PROXY header is cut off"),
            (whole[:12] + b"\x31" + whole[13:], "PROXY version or command is not known"),
            (whole[:12] + b"\x22" + whole[13:], "PROXY version or command is not known"),
            (whole[:13] + b"\x41" + whole[14:], "PROXY family or protocol is not known"),
            (whole[:13] + b"\x13" + whole[14:], "PROXY family or protocol is not known"),
            (whole[:13] + b"\x21" + whole[14:], "PROXY addresses are cut off"),
            (whole[:14] + b"\xff\xff" + whole[16:], "PROXY header is too long"),
        ):
            with self.assertRaises(FormatError) as caught:
                parse(octets)
            self.assertEqual((str(caught.exception), caught.exception.rcode), (reason, None))

    @given(st.integers(0, FIXED - 1))
    def test_begun(self, length: int) -> None:
        """Of less than the fixed part, what can be told is that it may become one."""
        self.assertEqual(size(proxied(CLIENT, False)[:length]), FIXED)

    @given(st.binary(max_size=300), st.booleans(), st.binary(min_size=4, max_size=4))
    def test_anything(self, octets: bytes, signed: bool, fixed: bytes) -> None:
        """Whatever the octets: a header within them and within bounds, or FormatError."""
        wire = SIGNATURE + fixed + octets if signed else octets
        try:
            found, end = parse(wire, bool(octets[:1] < b"\x80"))
        except FormatError:
            return
        self.assertLessEqual(FIXED, end)
        self.assertLessEqual(end, min(len(wire), LONGEST))
        if found.source:
            ip_address(found.source)
