"""Tests of the upstream zone."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.testing import MemoryReactorClock
from zope.interface.verify import verifyClass, verifyObject

from dotchain.interfaces import IKind, IResolver
from dotchain.testing import makeQuery, recordsOf
from dotchain.upstreams.zone import Zone
from dotchain.wire import Hop, Query, render
from dotchain.wire.codes import NOERROR, NXDOMAIN, SERVFAIL

from ..zones.zonecase import NEGATIVE, ZoneCase

LAB = Path(__file__).parents[2] / "etc" / "lab.zone"


class ExactTests(ZoneCase):
    """Names that stand in the file."""

    def test_records(self) -> None:
        """All records of the name and type, and no other."""
        self.zone("foo A 192.0.2.1", "foo A 192.0.2.2", "foo MX 10 foo", "bar A 192.0.2.3")
        self.assertSays(
            "foo.example.org.",
            "A",
            "foo.example.org. 300 IN A 192.0.2.1",
            "foo.example.org. 300 IN A 192.0.2.2",
        )

    def test_origin(self) -> None:
        """The zone's own name has records, its SOA with the TTL as it stands in the file among them."""
        self.zone()
        self.assertSays("example.org.", "NS", "example.org. 300 IN NS ns.example.org.")
        self.assertSays("example.org.", "SOA", NEGATIVE.replace(" 60 IN", " 300 IN"))

    def test_case(self) -> None:
        """Case makes no difference (RFC 4343); the answer stands under the question as it was asked."""
        self.zone("Foo A 192.0.2.1", "www CNAME fOO")
        self.assertSays("fOO.EXAMPLE.org.", "A", "fOO.EXAMPLE.org. 300 IN A 192.0.2.1")
        lower = self.ask("www.example.org.")
        upper = self.ask("WWW.example.org.")
        self.assertIs(lower, upper)
        self.assertEqual(
            recordsOf(self.query, upper)[0],
            ["WWW.example.org. 300 IN CNAME fOO.example.org.", "fOO.example.org. 300 IN A 192.0.2.1"],
        )

    def test_unknownType(self) -> None:
        """Types that nobody knows are served (RFC 3597)."""
        self.zone("foo TYPE65280 \\# 2 abcd")
        self.assertSays("foo.example.org.", "TYPE65280", "foo.example.org. 300 IN TYPE65280 \\# 2 abcd")

    def test_any(self) -> None:
        """ANY gives every set of the name, an alias itself."""
        self.zone("foo A 192.0.2.1", "foo MX 10 foo", "www CNAME foo")
        self.assertSays(
            "foo.example.org.",
            "ANY",
            "foo.example.org. 300 IN A 192.0.2.1",
            "foo.example.org. 300 IN MX 10 foo.example.org.",
        )
        self.assertSays("www.example.org.", "ANY", "www.example.org. 300 IN CNAME foo.example.org.")

    def test_noData(self) -> None:
        """A name without the type: NODATA, SOA with the lesser of its TTL and MINIMUM."""
        self.zone("foo A 192.0.2.1")
        self.assertDenies("foo.example.org.", "MX", NOERROR)

    def test_noName(self) -> None:
        """A name that doesn't exist: NXDOMAIN, for any type."""
        self.zone("foo A 192.0.2.1")
        for kind in ("A", "MX", "ANY"):
            self.assertDenies("bar.example.org.", kind, NXDOMAIN)
            self.assertDenies("a.foo.example.org.", kind, NXDOMAIN)

    def test_shortSOA(self) -> None:
        """The SOA's own TTL bounds negative answers where it is below MINIMUM."""
        file = self.write("$ORIGIN example.org.\n@ 5 SOA ns host 1 2 3 4 60\n@ 5 NS ns\n")
        self.made = Zone(MemoryReactorClock(), file=file)
        self.assertEqual(self.ask("foo.example.org.").negativeTTL, 5)

    def test_emptyNonTerminal(self) -> None:
        """A name that exists only above others is NODATA, not NXDOMAIN (RFC 4592 section 2.2.2)."""
        self.zone("a.b.c A 192.0.2.1")
        for name in ("b.c.example.org.", "c.example.org."):
            self.assertDenies(name, "A", NOERROR)
        self.assertDenies("x.b.c.example.org.", "A", NXDOMAIN)

    def test_large(self) -> None:
        """An answer of nearly 64k is whole on a stream, and asks for one on UDP."""
        strings = " ".join(f'"{"x" * 250}"' for _ in range(10))
        self.zone(*[f'foo TXT "{number}" {strings}' for number in range(25)])
        answer = self.ask("foo.example.org.", "TXT")
        self.assertEqual(len(recordsOf(self.query, answer)[0]), 25)
        self.assertGreater(len(render(self.query, answer, Hop(stream=True))), 62_000)
        self.assertEqual(render(self.query, answer)[0] & 2, 2)

    def test_tooLarge(self) -> None:
        """What no message can hold is SERVFAIL with the reason, not an exception."""
        strings = " ".join(f'"{"x" * 250}"' for _ in range(10))
        self.zone(*[f'foo TXT "{number}" {strings}' for number in range(30)])
        answer = self.ask("foo.example.org.", "TXT")
        self.assertEqual((answer.rcode, answer.errors), (SERVFAIL, ((0, "the answer is over 65535 octets"),)))


class RefusalTests(ZoneCase):
    """What the zone is not asked about."""

    def setUp(self) -> None:
        """A zone."""
        self.zone("foo A 192.0.2.1")

    def test_outside(self) -> None:
        """Names outside are refused with EDE 20, those above the zone and its likenesses too."""
        for name in ("example.com.", "org.", ".", "fooexample.org."):
            self.assertRefuses(self.ask(name), 20)

    def test_class(self) -> None:
        """Other classes than IN are refused."""
        for dnsClass in ("CH", "ANY"):
            self.assertRefuses(self.ask("foo.example.org.", "A", dnsClass), 20)

    def test_metaTypes(self) -> None:
        """Transfers and other types that no record has are refused with EDE 21."""
        for kind in ("AXFR", "IXFR", "TYPE128"):
            self.assertRefuses(self.ask("example.org.", kind), 21)

    def test_longestName(self) -> None:
        """The longest name that there can be is answered as any."""
        label = "x" * 63
        name = f"{label}.{label}.{label}.{'x' * 49}.example.org."
        self.assertEqual(len(makeQuery(name).question), 255 + 4)
        self.assertDenies(name, "A", NXDOMAIN)


class LabTests(ZoneCase):
    """The zone that is shipped, and the kind."""

    def setUp(self) -> None:
        """The lab's zone."""
        self.made = Zone(MemoryReactorClock(), file=LAB)

    def test_lab(self) -> None:
        """The names that the README and the lab speak of are there."""
        self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.1")
        self.assertSays("foo.example.org.", "AAAA", "foo.example.org. 300 IN AAAA 2001:db8::1")
        self.assertSays("x.wild.example.org.", "A", "x.wild.example.org. 300 IN A 192.0.2.3")
        self.assertEqual(self.ask("www.example.org.").counts[:2], b"\0\2")
        self.assertEqual(self.ask("none.example.org.").rcode, NXDOMAIN)

    def test_big(self) -> None:
        """One answer is above what a datagram carries, DO or not (RFC 9715)."""
        answer = self.ask("big.example.org.", "TXT")
        for do in (True, False):
            query = makeQuery("big.example.org.", "TXT", do=do)
            self.assertEqual(render(query, answer)[0] & 2, 2)
            self.assertGreater(len(render(query, answer, Hop(stream=True))), 1232)

    def test_interfaces(self) -> None:
        """It is a kind, and what it makes is a resolver that replays."""
        self.assertTrue(verifyObject(IKind, Zone))
        self.assertTrue(verifyClass(IResolver, Zone))
        self.assertTrue(verifyObject(IResolver, self.made))
        self.assertEqual((Zone.kind, Zone.role, self.made.replays), ("zone", "upstream", True))

    def test_remembered(self) -> None:
        """The same question is answered from memory, and memory is bounded."""
        first = self.ask("foo.example.org.")
        self.assertIs(self.ask("FOO.example.org."), first)
        for number in range(1100):
            self.made.resolve(Query(makeQuery(f"n{number}.example.org.").wire))
        again = self.ask("foo.example.org.")
        self.assertIsNot(again, first)
        self.assertEqual(again.body, first.body)
