"""IPv4 addresses within IPv6 addresses, and names of the reverse tree."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import dns.reversename
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.dns64.prefix import LENGTHS, Prefix
from dotchain.stages.dns64.reverse import addressOf, nameOf

FOUR = IPv4Address("192.0.2.33").packed


class PrefixTests(SynchronousTestCase):
    """RFC 6052 section 2."""

    def test_table(self) -> None:
        """The examples of RFC 6052 section 2.4."""
        for prefix, address in (
            ("2001:db8::/32", "2001:db8:c000:221::"),
            ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
            ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"),
            ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
            ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
            ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
            ("64:ff9b::/96", "64:ff9b::192.0.2.33"),
        ):
            made = Prefix(IPv6Network(prefix))
            six = IPv6Address(address).packed
            self.assertEqual(made.embed(FOUR), six)
            self.assertEqual(made.extract(six), FOUR)

    def test_others(self) -> None:
        """Addresses outside of it, and those with octet 8 set, stand for none."""
        made = Prefix(IPv6Network("2001:db8:122:344::/64"))
        for address in ("2001:db8:122:345:c0:2:2100::", "2001:db8:122:344:1c0:2:2100::"):
            self.assertIsNone(made.extract(IPv6Address(address).packed))

    @given(st.sampled_from(LENGTHS), st.binary(min_size=4, max_size=4))
    def test_roundTrip(self, length: int, four: bytes) -> None:
        """Whatever goes in comes out."""
        made = Prefix(IPv6Network(f"2001:db8::/{length}"))
        self.assertEqual(made.extract(made.embed(four)), four)

    def test_represents(self) -> None:
        """This host and links are nobody's elsewhere; private networks are not of the well-known prefix."""
        wellKnown, own = Prefix(IPv6Network("64:ff9b::/96")), Prefix(IPv6Network("2001:db8::/96"))
        for address, known, mine in (
            ("192.0.2.1", True, True),
            ("172.15.0.1", True, True),
            ("100.128.0.1", True, True),
            ("10.0.0.1", False, True),
            ("172.31.0.1", False, True),
            ("192.168.0.1", False, True),
            ("100.64.0.1", False, True),
            ("0.0.0.0", False, False),
            ("127.0.0.1", False, False),
            ("169.254.0.1", False, False),
            ("224.0.0.1", False, False),
        ):
            four = IPv4Address(address).packed
            self.assertEqual((wellKnown.represents(four), own.represents(four)), (known, mine), address)


class ReverseTests(SynchronousTestCase):
    """Names of ip6.arpa and in-addr.arpa, beside dnspython's."""

    @given(st.binary(min_size=16, max_size=16))
    def test_six(self, six: bytes) -> None:
        """From a name to its address."""
        name = dns.reversename.from_address(str(IPv6Address(six))).to_digestable()
        self.assertEqual(addressOf(name), six if len(name) == 74 else None)

    @given(st.binary(min_size=4, max_size=4))
    def test_four(self, four: bytes) -> None:
        """From an address to its name."""
        self.assertEqual(nameOf(four), dns.reversename.from_address(str(IPv4Address(four))).to_digestable())

    def test_none(self) -> None:
        """What is no digit, not one to a label, too few or elsewhere."""
        name = dns.reversename.from_address("2001:db8::1").to_digestable()
        for bad in (
            b"\1g" + name[2:],
            b"\1 " + name[2:],
            name[2:],
            b"\1\xe9" + name[2:],
            b"\x03ip6\x04arpa\0",
        ):
            self.assertIsNone(addressOf(bad))
        self.assertIsNone(addressOf(name[:-6] + b"\x04arpb\0"))
        self.assertIsNone(addressOf(b"\2" + name[1:]))
