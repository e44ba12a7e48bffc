"""What blocked names are answered, as operators write it."""

from __future__ import annotations

import dns.rcode

from dotchain.stages.block.chosen import chosen
from dotchain.testing import StageCase, makeQuery, recordsOf
from dotchain.wire import Answer
from dotchain.wire.codes import EDE_BLOCKED, NOERROR, NXDOMAIN, REFUSED

NAME = "ads.example.net."
SOA = f"{NAME} 60 IN SOA localhost. nobody.invalid. 1 3600 1200 604800 60"


class ChosenTests(StageCase):
    """L{chosen} and L{Replies}."""

    def answer(self, text: str, kind: str = "A", dnsClass: str = "IN") -> Answer:
        """What a query for a blocked name gets."""
        query = makeQuery(NAME, kind, dnsClass=dnsClass)
        return chosen(text).replies(60).to(query, "ads.txt, line 1")

    def sections(self, text: str, kind: str = "A") -> tuple[str, list[list[str]]]:
        """RCODE and records."""
        answer = self.answer(text, kind)
        return dns.rcode.to_text(dns.rcode.Rcode(answer.rcode)), recordsOf(f"{NAME} {kind}", answer)

    def test_null(self) -> None:
        """A and AAAA are the unspecified addresses, both of them for ANY."""
        a, aaaa = f"{NAME} 60 IN A 0.0.0.0", f"{NAME} 60 IN AAAA ::"
        self.assertEqual(self.sections("null"), ("NOERROR", [[a], [], []]))
        self.assertEqual(self.sections("null", "AAAA"), ("NOERROR", [[aaaa], [], []]))
        self.assertEqual(self.sections("null", "ANY"), ("NOERROR", [[a, aaaa], [], []]))

    def test_nullOfOtherTypes(self) -> None:
        """All others, HTTPS among them, are NODATA with a SOA record, so that it can be kept (RFC 2308)."""
        for kind in ("HTTPS", "SVCB", "TXT", "DS", "CNAME"):
            self.assertEqual(self.sections("null", kind), ("NOERROR", [[], [SOA], []]))

    def test_nothing(self) -> None:
        """NXDOMAIN and NODATA can be kept as well."""
        self.assertEqual(self.sections("nxdomain"), ("NXDOMAIN", [[], [SOA], []]))
        self.assertEqual(self.sections("nodata", "AAAA"), ("NOERROR", [[], [SOA], []]))

    def test_refused(self) -> None:
        """REFUSED has nothing to keep."""
        self.assertEqual(self.sections("refused"), ("REFUSED", [[], [], []]))

    def test_addresses(self) -> None:
        """Addresses answer the type that they are of, and other types are NODATA."""
        text = "192.0.2.1 192.0.2.2 2001:db8::1"
        both = [f"{NAME} 60 IN A 192.0.2.{last}" for last in (1, 2)]
        self.assertEqual(self.sections(text), ("NOERROR", [both, [], []]))
        self.assertEqual(self.sections(text, "AAAA")[1][0], [f"{NAME} 60 IN AAAA 2001:db8::1"])
        self.assertEqual(self.sections("192.0.2.1", "AAAA"), ("NOERROR", [[], [SOA], []]))

    def test_alias(self) -> None:
        """A name is a CNAME, for each type."""
        for kind in ("A", "TXT", "CNAME"):
            found = self.sections("Blocked.example.org.", kind)
            self.assertEqual(found, ("NOERROR", [[f"{NAME} 60 IN CNAME blocked.example.org."], [], []]))

    def test_why(self) -> None:
        """Each tells that it is blocked, and by what."""
        for text in ("null", "nxdomain", "nodata", "refused", "192.0.2.1", "blocked.example.org"):
            answer = self.answer(text)
            self.assertEqual(answer.errors, ((EDE_BLOCKED, "ads.txt, line 1"),))
            self.assertFalse(answer.flags & 0x0400, "it is no authority's answer")

    def test_otherClasses(self) -> None:
        """Other classes than IN are refused, and so are types that no record has; ANY stands for IN, too."""
        self.assertEqual(self.answer("null", dnsClass="CH").rcode, REFUSED)
        self.assertEqual(self.answer("nxdomain", "TYPE250").rcode, REFUSED)
        self.assertEqual(self.answer("null", dnsClass="ANY").rcode, NOERROR)
        self.assertEqual(self.answer("nxdomain").rcode, NXDOMAIN)

    def test_wrong(self) -> None:
        """What is misspelled is no name of a host; what is mixed is nothing."""
        for text in ("", "nxdomian", "0.0.0", "null nxdomain", "192.0.2.1 b.example", "fe80::1%eth0", "a..b"):
            self.assertRaises(ValueError, chosen, text)

    def test_capitals(self) -> None:
        """RCODEs may be written as everybody else writes them."""
        for text in ("NXDOMAIN", "NODATA", "Refused", "NULL"):
            self.assertEqual(chosen(text), chosen(text.lower()))
