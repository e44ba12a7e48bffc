"""What the system tells of its routes."""

from __future__ import annotations

import socket
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.netlink import kernelRouteTo, notices


@skipUnless(hasattr(socket, "AF_NETLINK"), "netlink is Linux's")
class NetlinkTests(SynchronousTestCase):
    """The kernel of this machine, asked about its loopback interface."""

    def test_loopback(self) -> None:
        """The route to this machine itself names its interface and its address."""
        route = kernelRouteTo("127.0.0.1")
        assert route is not None
        self.assertIn(socket.inet_aton("127.0.0.1"), [octets for _, octets in route])
        self.assertIn(socket.if_nametoindex("lo").to_bytes(4, "little"), [octets for _, octets in route])

    def test_same(self) -> None:
        """Two hosts on the same route have the same but for the source; the same host has the same."""
        self.assertEqual(kernelRouteTo("127.0.0.1"), kernelRouteTo("127.0.0.1"))
        self.assertNotEqual(kernelRouteTo("127.0.0.1"), kernelRouteTo("::1"))

    def test_zone(self) -> None:
        """An address with a zone can be asked for, too."""
        self.assertIsNotNone(kernelRouteTo("fe80::1%lo"))

    def test_notices(self) -> None:
        """The socket opens without privileges, and does not block."""
        opened = notices()
        assert opened is not None
        self.addCleanup(opened.close)
        self.assertEqual((opened.family, opened.getblocking()), (socket.AF_NETLINK, False))
