"""Which network this host is in."""

from __future__ import annotations

from ipaddress import ip_address

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.netlink import KernelRoute
from dotchain.upstreams.networkattachment import NetworkAttachment

HOME = ("192.168.1.1", "192.168.1.7")
OFFICE = ("10.0.0.1", "10.0.3.9")
NONE: KernelRoute = frozenset()


def route(gateway: str, source: str, interface: int = 3) -> KernelRoute:
    """A route by a gateway, from an own address."""
    octets = [ip_address(each).packed for each in (gateway, source)]
    return frozenset(zip((4, 5, 7), (interface.to_bytes(4, "little"), *octets), strict=True))


class NetworkAttachmentTests(SynchronousTestCase):
    """L{NetworkAttachment}."""

    def setUp(self) -> None:
        """At home, with IPv4."""
        self.routes: dict[int, KernelRoute | None] = {4: route(*HOME), 6: NONE}
        self.asked: list[str] = []
        self.attachment = NetworkAttachment(self.kernelRouteTo)
        self.attachment.moved()

    def kernelRouteTo(self, host: str) -> KernelRoute | None:
        """See L{dotchain.upstreams.netlink.kernelRouteTo}."""
        self.asked.append(host)
        return self.routes[ip_address(host).version]

    def moves(self, *routes: KernelRoute | None) -> bool:
        """Whether this host has moved, with these routes for IPv4 and, where there is a second one, IPv6."""
        self.routes.update(zip((4, 6), routes, strict=False))
        return self.attachment.moved()

    def test_same(self) -> None:
        """Whatever else has changed, the same route outside is the same network."""
        self.assertFalse(self.moves(route(*HOME)))
        self.assertEqual({ip_address(each).is_global for each in self.asked}, {True})

    def test_other(self) -> None:
        """Another gateway, address or interface is another network."""
        gateway, source = HOME
        for other in (
            route(*OFFICE),
            route("192.168.1.254", source),
            route(*HOME, 4),
            route(gateway, "192.168.1.8"),
        ):
            self.setUp()
            self.assertTrue(self.moves(other))
            self.assertFalse(self.moves(other))

    def test_goneAndBack(self) -> None:
        """While there is none nothing has changed; what comes then may be another one that looks the same."""
        self.assertFalse(self.moves(NONE))
        self.assertFalse(self.moves(NONE))
        self.assertTrue(self.moves(route(*HOME)))

    def test_sixBeside(self) -> None:
        """IPv6 that comes after IPv4, or goes, or comes again the same, is none; another one is."""
        prefix, other = route("fe80::1", "2001:db8:1::1"), route("fe80::1", "2001:db8:2::1")
        steps = (prefix, NONE, prefix, NONE, other)
        self.assertEqual([self.moves(route(*HOME), each) for each in steps], [False] * 4 + [True])

    def test_temporaryAddress(self) -> None:
        """A host that calls itself something else in the same IPv6 prefix has not moved (RFC 8981)."""
        self.moves(NONE, route("fe80::1", "2001:db8:1::1"))
        mark = self.attachment.mark
        self.assertFalse(self.moves(NONE, route("fe80::1", "2001:db8:1::aaaa:1")))
        self.assertEqual(self.attachment.mark, mark)

    def test_mark(self) -> None:
        """A network has its own mark, which stays while it is gone; nowhere there is none."""
        home = self.attachment.mark
        self.assertEqual(len(home), 8)
        self.moves(NONE)
        self.assertEqual(self.attachment.mark, home)
        self.moves(route(*OFFICE))
        self.assertNotEqual(self.attachment.mark, home)
        self.moves(route(*HOME))
        self.assertEqual(self.attachment.mark, home)
        nowhere = NetworkAttachment(lambda host: None)
        self.assertEqual((nowhere.moved(), nowhere.mark), (False, b""))

    def test_here(self) -> None:
        """The system itself can be asked."""
        here = NetworkAttachment()
        here.moved()
        self.assertFalse(here.moved())
