"""Names that a browser may have been told to ask us by."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.web.hosts import isOurs


class HostTests(SynchronousTestCase):
    """L{isOurs}."""

    def test_ours(self) -> None:
        """IP addresses, localhost, this machine and names without a dot, which nobody can register."""
        for host in (
            *("127.0.0.1:8053", "127.0.0.1", "[::1]:8053", "[::1]", "192.0.2.1:80"),
            *("localhost:8053", "LOCALHOST", "dns.localhost", "dotchain:8053", "box.corp.example", None),
        ):
            self.assertTrue(isOurs(host, "Box.corp.example"), host)

    def test_rebinding(self) -> None:
        """A name that somebody else can have resolved to our address is refused (DNS rebinding)."""
        for host in (
            *("evil.example", "evil.example:8053", "127.0.0.1.evil.example", "localhost.evil.example:8053"),
            *("evil.example.", "", ":8053", "[::1].evil.example", "x.box.corp.example"),
        ):
            self.assertFalse(isOurs(host, "box.corp.example"), host)
