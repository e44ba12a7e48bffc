"""Which network this host is in."""

from __future__ import annotations

from ipaddress import ip_address

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.netlink import Way
from dotchain.upstreams.networkattachment import Whereabouts

HOME = ("192.168.1.1", "192.168.1.7")
OFFICE = ("10.0.0.1", "10.0.3.9")
NONE: Way = frozenset()


def way(gateway: str, source: str, interface: int = 3) -> Way:
    """A way by a gateway, from an own address."""
    octets = [ip_address(each).packed for each in (gateway, source)]
    return frozenset(zip((4, 5, 7), (interface.to_bytes(4, "little"), *octets), strict=True))


class WhereaboutsTests(SynchronousTestCase):
    """L{Whereabouts}."""

    def setUp(self) -> None:
        """At home, with IPv4."""
        self.ways: dict[int, Way | None] = {4: way(*HOME), 6: NONE}
        self.asked: list[str] = []
        self.whereabouts = Whereabouts(self.wayTo)
        self.whereabouts.moved()

    def wayTo(self, host: str) -> Way | None:
        """See L{dotchain.upstreams.netlink.wayTo}."""
        self.asked.append(host)
        return self.ways[ip_address(host).version]

    def moves(self, *ways: Way | None) -> bool:
        """Whether this host has moved, with these ways for IPv4 and, where there is a second one, IPv6."""
        self.ways.update(zip((4, 6), ways, strict=False))
        return self.whereabouts.moved()

    def test_same(self) -> None:
        """Whatever else has changed, the same way outside is the same network."""
        self.assertFalse(self.moves(way(*HOME)))
        self.assertEqual({ip_address(each).is_global for each in self.asked}, {True})

    def test_other(self) -> None:
        """Another gateway, address or interface is another network."""
        gateway, source = HOME
        for other in (way(*OFFICE), way("192.168.1.254", source), way(*HOME, 4), way(gateway, "192.168.1.8")):
            self.setUp()
            self.assertTrue(self.moves(other))
            self.assertFalse(self.moves(other))

    def test_goneAndBack(self) -> None:
        """While there is none nothing has changed; what comes then may be another one that looks the same."""
        self.assertFalse(self.moves(NONE))
        self.assertFalse(self.moves(NONE))
        self.assertTrue(self.moves(way(*HOME)))

    def test_sixBeside(self) -> None:
        """IPv6 that comes after IPv4, or goes, or comes again the same, is none; another one is."""
        prefix, other = way("fe80::1", "2001:db8:1::1"), way("fe80::1", "2001:db8:2::1")
        steps = (prefix, NONE, prefix, NONE, other)
        self.assertEqual([self.moves(way(*HOME), each) for each in steps], [False] * 4 + [True])

    def test_temporaryAddress(self) -> None:
        """A host that calls itself something else in the same IPv6 prefix has not moved (RFC 8981)."""
        self.moves(NONE, way("fe80::1", "2001:db8:1::1"))
        mark = self.whereabouts.mark
        self.assertFalse(self.moves(NONE, way("fe80::1", "2001:db8:1::aaaa:1")))
        self.assertEqual(self.whereabouts.mark, mark)

    def test_mark(self) -> None:
        """A network has its own mark, which stays while it is gone; nowhere there is none."""
        home = self.whereabouts.mark
        self.assertEqual(len(home), 8)
        self.moves(NONE)
        self.assertEqual(self.whereabouts.mark, home)
        self.moves(way(*OFFICE))
        self.assertNotEqual(self.whereabouts.mark, home)
        self.moves(way(*HOME))
        self.assertEqual(self.whereabouts.mark, home)
        nowhere = Whereabouts(lambda host: None)
        self.assertEqual((nowhere.moved(), nowhere.mark), (False, b""))

    def test_here(self) -> None:
        """The system itself can be asked."""
        here = Whereabouts()
        here.moved()
        self.assertFalse(here.moved())
