"""What is found about upstreams."""

from __future__ import annotations

import dns.rdata
import dns.rdataclass
import dns.rdatatype
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address
from dotchain.commands.checkup.upstreams import overTls

CLEAR = Address("udp", "192.0.2.1", 53)


class OverTlsTests(SynchronousTestCase):
    """L{overTls}."""

    def place(self, parameters: str) -> str:
        """Where a server that offers this has DNS over TLS."""
        text = f"1 dns.example. alpn=dot {parameters}"
        return str(overTls(CLEAR, dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.SVCB, text)))

    def test_port(self) -> None:
        """The port is that of the record, else that of DNS over TLS (RFC 9461 section 4.2)."""
        self.assertEqual(self.place("port=8853"), "tls://192.0.2.1:8853")
        self.assertEqual(self.place(""), "tls://192.0.2.1:853")
