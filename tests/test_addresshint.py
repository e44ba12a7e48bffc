"""What was meant by texts that are no addresses."""

from __future__ import annotations

import re

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import listened, nameservers, targets


class MeantTests(SynchronousTestCase):
    """Each mistake is told with what would be right, and that is right."""

    def written(self, text: str) -> str:
        """What is said to be right of an upstream's address."""
        said = str(self.assertRaises(ValueError, targets, text))
        self.assertIn(repr(text), said)
        right = re.search(r"write (.*)", said)
        assert right is not None, said
        for each in right[1].partition(",")[0].split(" or "):
            self.assertEqual(len(targets(each)), 1)
        return right[1]

    def test_noTransport(self) -> None:
        """Without a transport all that may be meant is shown: no clear text on 853, no TLS on 53."""
        for text, right in (
            ("192.0.2.1", "udp://192.0.2.1 or tcp://192.0.2.1 or tls://192.0.2.1"),
            ("192.0.2.1:53", "udp://192.0.2.1:53 or tcp://192.0.2.1:53"),
            ("192.0.2.1:853", "tls://192.0.2.1:853"),
            ("[2001:db8::1]:853", "tls://[2001:db8::1]:853"),
            ("::1", "udp://[::1] or tcp://[::1] or tls://[::1]"),
            ("dns.example:853", "tls://dns.example:853"),
            ("localhost:53", "udp://localhost:53 or tcp://localhost:53"),
        ):
            self.assertEqual(self.written(text), right)

    def test_unbound(self) -> None:
        """Unbound has a port behind C{@} and a name behind C{#}; dig and dnsmasq have a port behind C{#}."""
        for text, right in (
            ("9.9.9.9@853#dns.quad9.net", "tls://9.9.9.9:853, and name = dns.quad9.net in a line of its own"),
            ("9.9.9.9#dns.quad9.net", "tls://9.9.9.9, and name = dns.quad9.net in a line of its own"),
            ("tls://9.9.9.9#dns.quad9.net", "tls://9.9.9.9, and name = dns.quad9.net in a line of its own"),
            (
                "2620:fe::fe@853#dns.quad9.net",
                "tls://[2620:fe::fe]:853, and name = dns.quad9.net in a line of its own",
            ),
            ("9.9.9.9@853", "tls://9.9.9.9:853"),
            ("udp://127.0.0.1@5353", "udp://127.0.0.1:5353"),
            ("127.0.0.1#53", "udp://127.0.0.1:53 or tcp://127.0.0.1:53"),
            ("dns.quad9.net@853", "tls://dns.quad9.net:853"),
        ):
            self.assertEqual(self.written(text), right)

    def test_otherProtocols(self) -> None:
        """DNS over HTTPS and over QUIC are called so; the port is theirs, and not that of TLS."""
        for text, right, protocol in (
            ("https://dns.quad9.net/dns-query", "tls://dns.quad9.net", "DNS over HTTPS"),
            ("https://9.9.9.9:443/dns-query", "tls://9.9.9.9", "DNS over HTTPS"),
            ("h3://9.9.9.9", "tls://9.9.9.9", "DNS over HTTPS"),
            ("quic://dns.example:784", "tls://dns.example", "DNS over QUIC"),
        ):
            self.assertEqual(self.written(text), right)
            self.assertIn(protocol, str(self.assertRaises(ValueError, targets, text)))
        self.assertIn("DNS stamp", str(self.assertRaises(ValueError, targets, "sdns://AgcAAAA")))

    def test_almost(self) -> None:
        """What is an address but for a letter or two."""
        for text, right in (
            ("TLS://9.9.9.9", "tls://9.9.9.9"),
            ("tls:9.9.9.9", "tls://9.9.9.9"),
            ("tls//9.9.9.9", "tls://9.9.9.9"),
            ("tls:/9.9.9.9:853", "tls://9.9.9.9:853"),
            ("dot://9.9.9.9", "tls://9.9.9.9"),
            ("dns://9.9.9.9", "udp://9.9.9.9"),
            ("tls://9.9.9.9/", "tls://9.9.9.9"),
            ("tls://2001:db8::1", "tls://[2001:db8::1]"),
            ("tls://[9.9.9.9]", "tls://9.9.9.9"),
            ('"tls://9.9.9.9"', "tls://9.9.9.9"),
        ):
            self.assertEqual(self.written(text), right)

    def test_portAlone(self) -> None:
        """A port behind a blank has become a word of its own."""
        for text in ("tls://9.9.9.9 853", "tls://9.9.9.9 :853"):
            self.assertIn("a port alone", str(self.assertRaises(ValueError, targets, text)))

    def test_addressesOnly(self) -> None:
        """Where no name may stand, none is proposed."""
        for read in (listened, nameservers):
            for text in (
                "localhost:53",
                "https://dns.example/dns-query",
                "dns.example",
                "tls://dns.example/",
            ):
                said = str(self.assertRaises(ValueError, read, text))
                self.assertIn("is not an IP address such as", said)
            self.assertNotIn("name =", str(self.assertRaises(ValueError, read, "192.0.2.1@853#dns.example")))
        said = str(self.assertRaises(ValueError, listened, "*:53"))
        self.assertIn("write udp://0.0.0.0:53 or tcp://0.0.0.0:53", said)

    def test_unknown(self) -> None:
        """Of anything else nothing is made up."""
        for text in (
            "listen",
            "tls://",
            "tls://9.9.9.9:853:853",
            "\u0661.1.1.1",
            "1.1.1.1:99999",
            "tls://u@9.9.9.9",
        ):
            self.assertNotIn("write", str(self.assertRaises(ValueError, targets, text)))
