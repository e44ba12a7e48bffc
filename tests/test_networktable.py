"""Which network an address is in."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.networktable import NetworkTable, packed

FEW = [
    ip_network(text)
    for text in ("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "2001:db8::/32", "2001:db8::1/128")
]
ADDRESSES = st.one_of(
    st.ip_addresses(v=4, network=ip_network("10.0.0.0/14")),
    st.ip_addresses(v=6, network="2001:db8::/126"),
    st.ip_addresses(),
)


class TableTests(SynchronousTestCase):
    """Look-ups."""

    @given(ADDRESSES)
    def test_mostSpecific(self, address: object) -> None:
        """Of the networks that hold an address the most specific is found."""
        table = NetworkTable((each, str(each)) for each in FEW)
        counted = getattr(address, "ipv4_mapped", None) or address
        holding = [each for each in FEW if counted in each]
        expected = str(max(holding, key=lambda each: each.prefixlen)) if holding else None
        self.assertEqual(table.of(str(address)), expected)

    def test_mapped(self) -> None:
        """IPv4-mapped addresses count as IPv4 (RFC 4291 section 2.5.5.2)."""
        table = NetworkTable([(FEW[1], True), (ip_network("::/0"), False)])
        self.assertIs(table.find(ip_address("::ffff:10.9.9.9").packed), True)
        self.assertIs(table.find(ip_address("::fffe:10.9.9.9").packed), False)

    def test_first(self) -> None:
        """Of two equal networks the first counts."""
        self.assertEqual(NetworkTable([(FEW[1], 1), (FEW[1], 2)]).of("10.0.0.1"), 1)

    def test_none(self) -> None:
        """What is no address is in no network; dotchain's own queries have none."""
        table = NetworkTable([(FEW[0], True)])
        for text in ("", "localhost", "1.2.3", "::g"):
            self.assertIsNone(packed(text))
            self.assertIsNone(table.of(text))

    def test_changes(self) -> None:
        """Networks come and go one by one, and just this network is asked for, too."""
        table = NetworkTable()
        wide, narrow = (FEW[1].network_address.packed, 8), (FEW[3].network_address.packed, 32)
        table.put(*wide, "wide")
        table.put(*narrow, "narrow")
        table.put(*narrow, "anew")
        self.assertEqual((table.size, table.of("10.1.2.3"), table.of("10.9.9.9")), (2, "anew", "wide"))
        self.assertEqual((table.get(*wide), table.get(wide[0], 9)), ("wide", None))
        self.assertEqual(set(table.each()), {"wide", "anew"})
        table.put(*narrow, None)
        table.put(*narrow, None)
        self.assertEqual((table.size, table.of("10.1.2.3")), (1, "wide"))
