"""Addresses as operators write them."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address, address, addresses


class AddressTests(SynchronousTestCase):
    """L{address}."""

    def test_parts(self) -> None:
        """Transport, host and port are read; ports have defaults."""
        for text, parts in (
            ("udp://192.0.2.1", ("udp", "192.0.2.1", 53)),
            ("tcp://192.0.2.1:5300", ("tcp", "192.0.2.1", 5300)),
            ("tls://192.0.2.1", ("tls", "192.0.2.1", 853)),
            ("tls://[2001:db8::1]", ("tls", "2001:db8::1", 853)),
            ("udp://[::1]:65535", ("udp", "::1", 65535)),
            ("udp://[fe80::1%lo]:53", ("udp", "fe80::1%lo", 53)),
            ("tcp://127.0.0.1:0", ("tcp", "127.0.0.1", 0)),
        ):
            self.assertEqual(address(text), Address(*parts))

    def test_text(self) -> None:
        """An address reads back as it is written."""
        for text in ("udp://192.0.2.1:53", "tls://[2001:db8::1]:853", "udp://[fe80::1%lo]:53"):
            self.assertEqual(str(address(text)), text)

    def refused(self, text: str) -> str:
        """What is said of a text that is no address."""
        return str(self.assertRaises(ValueError, address, text))

    def test_refused(self) -> None:
        """What is no address is a ValueError that shows it."""
        for text in (
            "",
            "192.0.2.1",
            "http://192.0.2.1",
            "UDP://192.0.2.1",
            "udp://",
            "udp://::1",
            "udp://::1:53",
            "udp://[::1",
            "udp://[192.0.2.1]:53",
            "udp://[]:53",
            "udp://192.0.2.1:",
            "udp://192.0.2.1:x",
            "udp://192.0.2.1:-1",
            "udp://192.0.2.1:65536",
            "udp://192.0.2.1:" + "9" * 5000,
            "udp://192.0.2.256",
            "udp://192.0.2.1/",
            "tls://dns.example:853",
            "udp://192.0.2.1:53 ",
        ):
            self.assertIn(repr(text), self.refused(text))

    def test_hostName(self) -> None:
        """A name where an address must stand is told to be one."""
        self.assertIn("dns.example is not an IP address", self.refused("tls://dns.example"))

    def test_ports(self) -> None:
        """TLS on port 53 and clear text on 853 are refused, with the rule (RFC 7858 section 3.1)."""
        for text in ("tls://192.0.2.1:53", "udp://192.0.2.1:853", "tcp://[::1]:853"):
            self.assertIn("RFC 7858 section 3.1", self.refused(text))

    def test_numbers(self) -> None:
        """The host is to be had as a number, and its family."""
        for text, family in (("udp://192.0.2.1", socket.AF_INET), ("udp://[::1]", socket.AF_INET6)):
            found = address(text)
            self.assertEqual((found.ip, found.family), (ip_address(found.host), family))

    def test_sockaddr(self) -> None:
        """The socket module gets what it wants."""
        self.assertEqual(address("udp://192.0.2.1").sockaddr, ("192.0.2.1", 53))
        self.assertEqual(address("udp://[::1]").sockaddr, ("::1", 53, 0, 0))


class AddressesTests(SynchronousTestCase):
    """L{addresses}."""

    def test_list(self) -> None:
        """Blanks and new lines part them; the order stays."""
        found = addresses("tls://192.0.2.2\n  udp://[::1]:5300")
        self.assertEqual([str(one) for one in found], ["tls://192.0.2.2:853", "udp://[::1]:5300"])

    def test_none(self) -> None:
        """At least one must be there."""
        for text in ("", " \n"):
            self.assertIn("no address", str(self.assertRaises(ValueError, addresses, text)))

    def test_wrong(self) -> None:
        """One that is wrong is named."""
        self.assertIn("'nonsense'", str(self.assertRaises(ValueError, addresses, "udp://[::1] nonsense")))
