"""Addresses as operators write them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import (
    Address,
    NamedAddress,
    address,
    addresses,
    listened,
    nameservers,
    target,
    targets,
)


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


class TargetTests(SynchronousTestCase):
    """L{target} and L{targets}: where an upstream may be asked."""

    def test_name(self) -> None:
        """A DNS name may stand for the IP address; its case and its final dot don't count."""
        for text, parts in (
            ("tls://dns.quad9.net", ("tls", "dns.quad9.net", 853)),
            ("tls://DNS.Quad9.net.:8853", ("tls", "dns.quad9.net", 8853)),
            ("udp://ns", ("udp", "ns", 53)),
        ):
            found = target(text)
            self.assertEqual(found, NamedAddress(*parts))
            self.assertEqual(str(found), f"{parts[0]}://{parts[1]}:{parts[2]}")
            assert isinstance(found, NamedAddress)
            self.assertEqual(found.at("192.0.2.1"), Address(parts[0], "192.0.2.1", parts[2]))

    def test_both(self) -> None:
        """Names and IP addresses may stand beside each other."""
        found = targets("tls://192.0.2.1 tls://dns.example.org")
        self.assertEqual([type(each) for each in found], [Address, NamedAddress])

    def test_neither(self) -> None:
        """What is neither is told so."""
        for host in ("192.0.2.256", "a..example", "-a.example", "a_" * 40, "b\u00fccher.example", "a.b" * 99):
            text = f"tls://{host}"
            said = str(self.assertRaises(ValueError, target, text))
            self.assertIn(f"{text!r}: {host} is neither an IP address", said)

    def test_ports(self) -> None:
        """A name changes nothing about ports (RFC 7858 section 3.1)."""
        for text in ("tls://dns.example.org:53", "udp://dns.example.org:853"):
            self.assertIn("RFC 7858 section 3.1", str(self.assertRaises(ValueError, target, text)))

    def test_unspecified(self) -> None:
        """Nobody can be asked at 0.0.0.0."""
        for text in ("udp://0.0.0.0", "tls://[::]"):
            for read in (targets, nameservers):
                self.assertIn("no address to ask at", str(self.assertRaises(ValueError, read, text)))

    def test_twice(self) -> None:
        """An address is asked once, however it is written and whatever its default port."""
        for text in ("tls://192.0.2.1 tls://192.0.2.1:853", "udp://[2001:DB8::1] udp://[2001:db8:0::1]"):
            for read in (targets, nameservers):
                self.assertIn("stands there twice", str(self.assertRaises(ValueError, read, text)))
        self.assertEqual(len(targets("udp://192.0.2.1 tcp://192.0.2.1 tls://192.0.2.1 tls://dns.example")), 4)


class UnfitTests(SynchronousTestCase):
    """Where no server can be: neither a front, nor what an upstream or a bootstrap asks."""

    def said(self, host: str, *reads: Callable[[str], object]) -> set[str]:
        """What each of these readers has to say."""
        return {
            str(self.assertRaises(ValueError, read, f"tls://{host}"))
            for read in reads or (listened, targets, nameservers)
        }

    def test_unfit(self) -> None:
        """Multicast, broadcast, reserved and IPv4-mapped addresses, and zones where they are wrong."""
        for host, why in (
            ("224.0.0.251", "multicast"),
            ("[ff02::fb]", "multicast"),
            ("[ff02::fb%lo]", "multicast"),
            ("255.255.255.255", "broadcast"),
            ("240.0.0.1", "240.0.0.0/4"),
            ("0.0.0.1", "0.0.0.0/8"),
            ("[fe80::1]", "write [fe80::1%eth0]"),
            ("[FEBF::1]", "write [febf::1%eth0]"),
            ("[::1%lo]", "write [::1]"),
            ("[2001:db8::1%lo]", "write [2001:db8::1]"),
            ("[::ffff:192.0.2.1]", "192.0.2.1"),
        ):
            (said,) = self.said(host)
            self.assertIn(why, said)

    def test_fit(self) -> None:
        """Whatever a server may have, link-local addresses among it: IPv4's need no zone."""
        for text in (
            "tls://169.254.1.1",
            "udp://[fe80::1%lo]",
            "tcp://127.0.0.1",
            "tls://[64:ff9b::192.0.2.1]",
        ):
            for read in (listened, targets, nameservers):
                self.assertEqual(len(read(text)), 1)

    def test_port(self) -> None:
        """Nobody can be asked at port 0; for a front it is any that is free."""
        self.assertIn("853 is usual", self.said("192.0.2.1:0", targets, nameservers).pop())
        self.assertIn("853 is usual", self.said("dns.example:0", targets).pop())
        self.assertEqual(str(*listened("udp://192.0.2.1:0")), "udp://192.0.2.1:0")

    def test_wildcard(self) -> None:
        """A front may listen on all addresses, which nobody can be asked at."""
        self.assertEqual(len(listened("udp://0.0.0.0 udp://[::]")), 2)


class NameserversTests(SynchronousTestCase):
    """L{nameservers}: bootstrap servers."""

    def test_alone(self) -> None:
        """An IP address alone is asked over UDP, brackets or not."""
        found = nameservers("9.9.9.9 [2620:fe::fe] 2620:fe::9 tls://9.9.9.9 tcp://192.0.2.1:5300")
        self.assertEqual(
            [str(each) for each in found],
            [
                "udp://9.9.9.9:53",
                "udp://[2620:fe::fe]:53",
                "udp://[2620:fe::9]:53",
                "tls://9.9.9.9:853",
                "tcp://192.0.2.1:5300",
            ],
        )

    def test_names(self) -> None:
        """A name would need a bootstrap server itself."""
        for text in ("dns.quad9.net", "tls://dns.quad9.net", "9.9.9.9:53", ""):
            self.assertIn("address", str(self.assertRaises(ValueError, nameservers, text)))
