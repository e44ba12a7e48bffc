"""Who may ask."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.access import AccessList
from dotchain.networks import ANYONE, PRIVATE, networks


class NetworksTests(SynchronousTestCase):
    """L{networks}."""

    def test_list(self) -> None:
        """Networks and single addresses of both families, separated by blanks or new lines."""
        found = networks("192.0.2.0/24 2001:db8::/32\n  198.51.100.7")
        self.assertEqual([str(each) for each in found], ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"])
        self.assertEqual(networks(""), ())

    def test_wrong(self) -> None:
        """What is no network is refused with its own words and a right example."""
        for text in ("192.0.2.1/24", "lan", "192.0.2.0/33", "tls://192.0.2.1"):
            with self.assertRaises(ValueError) as caught:
                networks(f"127.0.0.1 {text}")
            self.assertIn(text.partition("/")[0], str(caught.exception))
            self.assertIn("192.0.2.0/24 or 2001:db8::/32", str(caught.exception))

    def test_hostBits(self) -> None:
        """A network with host bits set is one or the other; which, the operator must say."""
        for text, right in (
            ("10.0.0.1/8", "10.0.0.0/8 for the network, or 10.0.0.1 for one host"),
            ("2001:db8::1/32", "2001:db8::/32 for the network, or 2001:db8::1 for one host"),
        ):
            said = str(self.assertRaises(ValueError, networks, text))
            self.assertIn(f"has host bits set; write {right}", said)

    def test_otherWays(self) -> None:
        """What other programs write is told with what it is here."""
        for text, right in (
            ("any", "0.0.0.0/0 ::/0"),
            ("localhost", "127.0.0.0/8 ::1"),
            ("10/8", "10.0.0.0/8"),
            ("192.168/16", "192.168.0.0/16"),
            ("192.168.1.0/24;", "192.168.1.0/24"),
            ("10.0.0.0/8,192.168.0.0/16", "10.0.0.0/8 192.168.0.0/16"),
        ):
            said = str(self.assertRaises(ValueError, networks, text))
            self.assertTrue(said.endswith(f"write {right}"), said)

    def test_neverMet(self) -> None:
        """A network that no client is ever found in: mapped addresses count as IPv4, zones for nothing."""
        for text, right in (
            ("::ffff:10.0.0.0/104", "write 10.0.0.0/8"),
            ("::ffff:192.0.2.1", "write 192.0.2.1/32"),
            ("fe80::%eth0/64", "write no '%'"),
        ):
            self.assertIn(right, str(self.assertRaises(ValueError, networks, text)))


class AccessListTests(SynchronousTestCase):
    """L{AccessList}."""

    def permitted(self, allow: str, deny: str, *addresses: str) -> list[bool]:
        """Whether each of these may ask."""
        access = AccessList(networks(allow), networks(deny))
        return [access.permits(address) for address in addresses]

    def test_mostSpecific(self) -> None:
        """The most specific network decides, whichever list it stands in."""
        allow, deny = "192.0.2.0/24 192.0.2.7", "0.0.0.0/0 192.0.2.0/28"
        found = self.permitted(allow, deny, "192.0.2.99", "192.0.2.3", "192.0.2.7", "198.51.100.1")
        self.assertEqual(found, [True, False, True, False])

    def test_equals(self) -> None:
        """Of two equally specific ones deny decides."""
        self.assertEqual(self.permitted("192.0.2.0/24", "192.0.2.0/24", "192.0.2.1"), [False])

    def test_unnamed(self) -> None:
        """Whom no network holds may not ask."""
        self.assertEqual(self.permitted("192.0.2.0/24", "", "198.51.100.1", "2001:db8::1"), [False, False])
        self.assertEqual(self.permitted("", "", "127.0.0.1"), [False])

    def test_mapped(self) -> None:
        """An IPv4-mapped address counts as IPv4 (RFC 4291 section 2.5.5.2)."""
        found = self.permitted(
            "0.0.0.0/0 ::/0", "192.0.2.0/24", "::ffff:192.0.2.1", "::ffff:198.51.100.1", "::1"
        )
        self.assertEqual(found, [False, True, True])

    def test_zone(self) -> None:
        """The zone of a link-local address does not matter (RFC 4007 section 11)."""
        self.assertEqual(self.permitted("fe80::/10", "", "fe80::1%eth0"), [True])

    def test_private(self) -> None:
        """Private addresses are those of the host, of a site and of a link, and no others (RFC 5358)."""
        access = AccessList(PRIVATE, ())
        for address in (
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "fe80::1",
        ):
            self.assertTrue(access.permits(address), address)
        for address in ("192.0.2.1", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::ffff:8.8.8.8"):
            self.assertFalse(access.permits(address), address)

    def test_anyone(self) -> None:
        """Anyone is everyone, of both families."""
        access = AccessList(ANYONE, networks("192.0.2.1"))
        found = [access.permits(address) for address in ("8.8.8.8", "2001:db8::1", "192.0.2.1")]
        self.assertEqual(found, [True, True, False])
