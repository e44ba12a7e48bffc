"""RDATA as operators and zone files have it."""

from __future__ import annotations

import dns.name
from dns.exception import DNSException
from dns.rdatatype import AAAA, MX, A
from twisted.trial.unittest import SynchronousTestCase

from dotchain.zones.rdata import rdata


class RdataTests(SynchronousTestCase):
    """L{rdata}."""

    def test_address(self) -> None:
        """An address, be it with a comment behind it or in the form of RFC 3597."""
        for text in ("192.0.2.1", "192.0.2.1 ; printer", "\\# 4 c0000201"):
            self.assertEqual(rdata(A, text, dns.name.root).to_text(), "192.0.2.1")

    def test_noAddress(self) -> None:
        """What is no address of the type's version is told as that."""
        for kind, text, told in (
            (A, "192.168.1.300", "'192.168.1.300' is no IPv4 address"),
            (A, "fd00::7", "'fd00::7' is no IPv4 address"),
            (A, "", "'' is no IPv4 address"),
            (AAAA, "192.0.2.1", "'192.0.2.1' is no IPv6 address"),
        ):
            error = self.assertRaises(ValueError, rdata, kind, text, dns.name.root)
            self.assertEqual(str(error), told)

    def test_others(self) -> None:
        """Of what else is wrong dnspython tells."""
        for kind, text in ((MX, "mail"), (A, "192.0.2.1 more")):
            self.assertRaises(DNSException, rdata, kind, text, dns.name.root)
