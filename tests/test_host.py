"""Hosts: DNS names and IP addresses."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.host import hostName, isIP, unfit


class HostNameTests(SynchronousTestCase):
    """L{hostName}."""

    def test_names(self) -> None:
        """Letters, digits, hyphens and underscores, in lower case."""
        for text in ("Dns.Example.org", "a", "3com.example", "_dns.resolver.arpa", "xn--bcher-kva.example"):
            self.assertEqual(hostName(text), text.lower())

    def test_others(self) -> None:
        """What is none, or could be an IPv4 address."""
        for text in ("", "a..b", "-a", "a b", "192.0.2.1", "a.1", "[::1]", "dns.example.", "a" * 64):
            self.assertRaises(ValueError, hostName, text)


class AddressTests(SynchronousTestCase):
    """L{isIP} and L{unfit}."""

    def test_isIP(self) -> None:
        """Both families, a zone with them; brackets and names are not."""
        self.assertTrue(all(isIP(host) for host in ("192.0.2.1", "::1", "fe80::1%eth0")))
        self.assertFalse(
            any(isIP(host) for host in ("", "[::1]", "dns.example", "192.0.2.256", "192.0.2.1:53"))
        )

    def test_borders(self) -> None:
        """Just beside what is unfit everything is fit."""
        for host in ("1.0.0.0", "223.255.255.255", "fe7f::1", "fec0::1", "::1", "0.0.0.0", "::"):
            self.assertIsNone(unfit(host), host)
        for host in (
            "0.255.255.255",
            "224.0.0.0",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.254",
            "febf::1",
        ):
            self.assertIsNotNone(unfit(host), host)
