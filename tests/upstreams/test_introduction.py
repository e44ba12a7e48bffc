"""What an upstream is told of a client."""

from __future__ import annotations

from proxyprotocol.v2 import ProxyProtocolV2
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import NOBODY, Client, Origin
from dotchain.upstreams.introduction import introduction
from dotchain.wire.proxyheader import LOCAL, ProxyHeader, parse


class IntroductionTests(SynchronousTestCase):
    """L{introduction}."""

    def test_nobody(self) -> None:
        """What dotchain asks for itself is LOCAL."""
        self.assertEqual(introduction(NOBODY), LOCAL)

    def test_client(self) -> None:
        """Address and port of the client, and those that he asked."""
        client = Client("192.0.2.1", "udp", "lan", origin=Origin(4711, "192.0.2.53", 53))
        octets = introduction(client)
        self.assertEqual(parse(octets)[0], ProxyHeader("192.0.2.1", 4711, "192.0.2.53", 53))
        self.assertEqual((len(octets), octets[13]), (28, 0x12))

    def test_encrypted(self) -> None:
        """Of TLS version, cipher and ALPN, the server name, and who the client has proven to be."""
        origin = Origin(4711, "2001:db8::53", 853, "TLSv1.3", "TLS_AES_128_GCM_SHA256", "dot")
        client = Client("2001:db8::1", "tls", "lan", "dns.example", "laptop", origin)
        found = ProxyProtocolV2().unpack(introduction(client)).tlv
        self.assertEqual((found.alpn, found.authority, found.ssl.cn), (b"dot", "dns.example", "laptop"))
        self.assertEqual((found.ssl.version, found.ssl.cipher), ("TLSv1.3", "TLS_AES_128_GCM_SHA256"))

    def test_outside(self) -> None:
        """Before TLS a client over UDP is told as one of TCP: what reads it there knows no other."""
        client = Client("192.0.2.1", "udp", "lan", origin=Origin(4711, "192.0.2.53", 53))
        self.assertEqual([introduction(client, each)[13] for each in (False, True)], [0x12, 0x11])

    def test_named(self) -> None:
        """A name in a certificate that a balancer has told of is told on, though its TLS is not known."""
        client = Client("192.0.2.1", "tcp", "lan", "dns.example", "laptop", Origin(4711, "192.0.2.53", 53))
        found = ProxyProtocolV2().unpack(introduction(client)).tlv
        self.assertEqual((found.authority, found.ssl.cn), ("dns.example", "laptop"))

    def test_unknown(self) -> None:
        """Of a client that was only named, as by explain, the address alone is known."""
        for address, local in (("192.0.2.1", "0.0.0.0"), ("2001:db8::1", "::")):
            found, _ = parse(introduction(Client(address, "tls")))
            self.assertEqual(found, ProxyHeader(address, 0, local, 0))
