"""Each special name beside what its RFC says."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.localzone import LocalZoneType
from dotchain.stages.specialnames import SPECIAL_NAMES
from dotchain.testing import Scripted, StageCase, both, makeAnswer, makeQuery, recordsOf
from dotchain.wire import Answer, Query
from dotchain.wire.codes import AA, NOERROR, NXDOMAIN, RA

from .specialcase import special

ANSWER = makeAnswer(makeQuery())
NIBBLES = ".".join("0" * 31)

ABSENT = ["invalid", "test", "local", "onion", "alt", "use-application-dns.net"]
"""RFC 6761 sections 6.2 and 6.4, RFC 6762 section 22.1, RFC 7686 section 2, RFC 9476 section 2, Firefox."""

EMPTY = [
    # RFC 8375 section 4, RFC 9665 section 10.2.
    "home.arpa",
    "service.arpa",
    # RFC 6303 section 4.1: 10/8, 172.16/12, 192.168/16.
    "10.in-addr.arpa",
    *[f"{octet}.172.in-addr.arpa" for octet in range(16, 32)],
    "168.192.in-addr.arpa",
    # Section 4.2.
    "0.in-addr.arpa",
    "127.in-addr.arpa",
    "254.169.in-addr.arpa",
    "2.0.192.in-addr.arpa",
    "100.51.198.in-addr.arpa",
    "113.0.203.in-addr.arpa",
    "255.255.255.255.in-addr.arpa",
    # Sections 4.3 to 4.6.
    f"0.{NIBBLES}.ip6.arpa",
    f"1.{NIBBLES}.ip6.arpa",
    "d.f.ip6.arpa",
    "8.e.f.ip6.arpa",
    "9.e.f.ip6.arpa",
    "a.e.f.ip6.arpa",
    "b.e.f.ip6.arpa",
    "8.b.d.0.1.0.0.2.ip6.arpa",
    # RFC 7793: 100.64/10.
    *[f"{octet}.100.in-addr.arpa" for octet in range(64, 128)],
]

ORDINARY = [
    # RFC 6761 section 6.5.
    "example.",
    "www.example.com.",
    "example.net.",
    # RFC 8880 and what else is not to be blocked (SN07).
    "ipv4only.arpa.",
    "170.0.0.192.in-addr.arpa.",
    "arpa.",
    "in-addr.arpa.",
    "1.15.172.in-addr.arpa.",
    "1.32.172.in-addr.arpa.",
    "63.100.in-addr.arpa.",
    "128.100.in-addr.arpa.",
    "1.0.254.128.in-addr.arpa.",
    "c.f.ip6.arpa.",
    "7.e.f.ip6.arpa.",
    f"2.{NIBBLES}.ip6.arpa.",
    "www.use-application-dns.net.example.",
    # What looks alike.
    ".",
    "com.",
    "10.",
    "nolocal.",
    "local.example.org.",
    "mylocalhost.",
    "resolver.example.arpa.",
    "nonion.",
    r"x\005local.",
    r"a\004home\004arpa.arpa.",
]


def soa(zone: str) -> str:
    """The SOA record of RFC 6303 section 3, its TTL the MINIMUM."""
    return f"{zone}. 10800 IN SOA {zone}. nobody.invalid. 1 3600 1200 604800 10800"


@both
class NameTests(StageCase):
    """What a client is told, and that nobody else hears of it."""

    def setUp(self) -> None:
        """One stage for all questions; making its zones takes 20 ms."""
        self.stage = special(Scripted(ANSWER))

    def ask(self, query: Query) -> tuple[Answer, bool]:
        """The answer, and whether it is that of the next resolver."""
        source = self.scripted(ANSWER)
        said = self.settled(self.stage.before(source).resolve(query), source)
        self.assertEqual(source.asked, [query] if said is ANSWER else [])
        return said, said is ANSWER

    def assertSaid(self, query: Query, rcode: int, answer: list[str], authority: list[str]) -> None:
        """The answer to a query that next is not asked: authoritative, RA=1, AD=0."""
        said, passed = self.ask(query)
        self.assertFalse(passed)
        self.assertEqual((said.rcode, said.flags), (rcode, AA | RA))
        self.assertEqual(recordsOf(query, said), [answer, authority, []], query.name.to_text())

    def test_table(self) -> None:
        """The table has these names, each once, and no others."""
        expected = {
            **dict.fromkeys(ABSENT, LocalZoneType.ABSENT),
            **dict.fromkeys(EMPTY, LocalZoneType.EMPTY),
            "localhost": LocalZoneType.LOOPBACK,
            "resolver.arpa": LocalZoneType.SILENT,
        }
        self.assertEqual({each.name: each.zoneType for each in SPECIAL_NAMES}, expected)
        self.assertEqual(len(SPECIAL_NAMES), len(expected))

    def test_absent(self) -> None:
        """NXDOMAIN for the name and all below, for any type, whatever RD, DO and case (SN03, SN04)."""
        for zone in ABSENT:
            for name in (zone, f"x.{zone}", f"A.b.{zone.upper()}"):
                for kind in ("A", "AAAA", "HTTPS", "SOA", "DS", "ANY"):
                    self.assertSaid(makeQuery(name, kind), NXDOMAIN, [], [soa(zone)])
            self.assertSaid(makeQuery(f"x.{zone}", flags=0, do=True), NXDOMAIN, [], [soa(zone)])

    def test_empty(self) -> None:
        """A zone with SOA and NS of its own and nothing below (RFC 6303 section 3; SN05, SN06)."""
        for zone in EMPTY:
            self.assertSaid(makeQuery(zone, "SOA"), NOERROR, [soa(zone)], [])
            self.assertSaid(makeQuery(zone, "NS"), NOERROR, [f"{zone}. 10800 IN NS {zone}."], [])
            self.assertSaid(makeQuery(zone, "A"), NOERROR, [], [soa(zone)])
            self.assertSaid(makeQuery(f"1.1.{zone}", "PTR"), NXDOMAIN, [], [soa(zone)])
            self.assertSaid(makeQuery(f"1.{zone}".upper(), "DS", do=True), NXDOMAIN, [], [soa(zone)])

    def test_loopback(self) -> None:
        """localhost and all below are this machine, and have no other type (RFC 6761 section 6.3; SN03)."""
        for name in ("LocalHost.", "a.localhost.", "b.a.localhost."):
            four, six = f"{name} 10800 IN A 127.0.0.1", f"{name} 10800 IN AAAA ::1"
            self.assertSaid(makeQuery(name), NOERROR, [four], [])
            self.assertSaid(makeQuery(name, "AAAA"), NOERROR, [six], [])
            self.assertSaid(makeQuery(name, "ANY"), NOERROR, [four, six], [])
            for kind in ("MX", "HTTPS", "SOA", "NS", "DS"):
                self.assertSaid(makeQuery(name, kind), NOERROR, [], [soa("localhost")])

    def test_resolver(self) -> None:
        """resolver.arpa and all below are NODATA for every type (RFC 9462 section 6.4; SN01)."""
        for name in ("resolver.arpa", "_dns.resolver.arpa", "x.y.Resolver.Arpa", "x._dns.resolver.arpa"):
            for kind in ("SVCB", "A", "TXT", "SOA", "NS", "DS", "TYPE261", "ANY"):
                self.assertSaid(makeQuery(name, kind), NOERROR, [], [soa("resolver.arpa")])
        self.assertSaid(makeQuery("resolver.arpa", "TYPE261", flags=0), NOERROR, [], [soa("resolver.arpa")])

    def test_ordinary(self) -> None:
        """Everything else is passed on (SN07)."""
        for name in ORDINARY:
            self.assertTrue(self.ask(makeQuery(name))[1], name)

    def test_delegated(self) -> None:
        """
        A validator's DS query for a zone itself is passed on, so that what we say below it can
        be taken for insecure instead of bogus (RFC 8375 section 4).
        """
        for zone in EMPTY:
            self.assertTrue(self.ask(makeQuery(zone, "DS", do=True))[1], zone)
            self.assertSaid(makeQuery(zone, "DS", do=False), NOERROR, [], [soa(zone)])
            self.assertSaid(makeQuery(zone, "DS"), NOERROR, [], [soa(zone)])


class SourceTests(SynchronousTestCase):
    """The table as documentation."""

    def test_rfcs(self) -> None:
        """Each name says where it comes from, and no name is within another one."""
        names = [each.name for each in SPECIAL_NAMES]
        for each in SPECIAL_NAMES:
            self.assertRegex(each.rfc, r"^RFC \d{4}( section \d+(\.\d+)?)?$|^Firefox's canary domain$")
            self.assertFalse(any(each.name.endswith(f".{other}") for other in names))
