"""Addresses in answers of bootstrap servers."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.resolver import ResolveError
from dotchain.testing import makeAnswer, makeQuery
from dotchain.upstreams.naming.hosts import NoAddress, hostsIn, usable
from dotchain.wire import Answer

QUERY = makeQuery("dns.example.org.")


class HostsInTests(SynchronousTestCase):
    """L{hostsIn}."""

    def hosts(self, *records: str, rcode: int = 0) -> tuple[list[str], float]:
        """What these records come to."""
        return hostsIn(makeAnswer(QUERY, *records, rcode=rcode), QUERY, False)

    def test_aliases(self) -> None:
        """Aliases are followed (RFC 1034 section 3.6.2); the least TTL counts."""
        found = self.hosts(
            "DNS.example.org. 20 IN CNAME a.example.net.",
            "a.example.net. 30 IN CNAME b.example.net.",
            "b.example.net. 300 IN A 192.0.2.1",
            "b.example.net. 300 IN A 192.0.2.2",
        )
        self.assertEqual(found, (["192.0.2.1", "192.0.2.2"], 20.0))

    def test_others(self) -> None:
        """Addresses of other names don't count."""
        with self.assertRaises(NoAddress):
            self.hosts("other.example.org. 30 IN A 192.0.2.1")

    def test_loop(self) -> None:
        """Aliases that lead nowhere are no answer, and not the end of addresses that are known."""
        for target in ("dns.example.org.", "a.example.org."):
            error = self.assertRaises(
                ResolveError,
                self.hosts,
                f"dns.example.org. 20 IN CNAME {target}",
                "a.example.org. 20 IN CNAME dns.example.org.",
            )
            self.assertEqual(error.text, "malformed answer for A")
            self.assertNotIsInstance(error, NoAddress)

    def test_malformed(self) -> None:
        """An address of three octets is refused as a whole."""
        broken = Answer(0, 0, b"\0\1\0\0\0\0", b"\xc0\x0c\0\1\0\1\0\0\0\0\0\3\1\2\3", (6,))
        self.assertRaises(ResolveError, hostsIn, broken, QUERY, False)

    def test_long(self) -> None:
        """An answer of many records is not taken apart: what it takes would keep everybody waiting."""
        records = [f"dns.example.org. 20 IN A 192.0.{at >> 8}.{at & 255}" for at in range(300)]
        error = self.assertRaises(ResolveError, self.hosts, *records)
        self.assertEqual(error.text, "an answer of more than 4096 octets for A")

    def test_some(self) -> None:
        """Those that can't be used are left out."""
        found, _ = self.hosts("dns.example.org. 20 IN A 0.0.0.0", "dns.example.org. 20 IN A 192.0.2.1")
        self.assertEqual(found, ["192.0.2.1"])


class UsableTests(SynchronousTestCase):
    """L{usable}."""

    def test_good(self) -> None:
        """Public and private addresses are, and those of NAT64 (RFC 6052)."""
        for host in ("9.9.9.9", "10.0.0.1", "169.254.169.253", "2620:fe::fe", "fd00::1", "64:ff9b::909:909"):
            self.assertTrue(usable(host, False), host)

    def test_bad(self) -> None:
        """What no server elsewhere can have is not: answers of blockers and mistakes."""
        for host in ("0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "ff02::1", "fe80::1"):
            self.assertFalse(usable(host, True), host)
        self.assertFalse(usable("::ffff:192.0.2.1", True))

    def test_loopback(self) -> None:
        """Loopback addresses are this host's to tell: nobody else may point dotchain at itself."""
        for host in ("127.0.0.1", "127.0.0.2", "::1"):
            self.assertEqual((usable(host, True), usable(host, False)), (True, False))
