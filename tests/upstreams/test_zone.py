"""Tests of the upstream zone."""

from __future__ import annotations

import re
from pathlib import Path

import dns.name
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from dotchain.interfaces import IKind, IResolver
from dotchain.options import OptionError, Value
from dotchain.upstreams.zone import Zone
from dotchain.wire import Answer, Hop, Query, render
from dotchain.wire.codes import AA, NOERROR, NXDOMAIN, REFUSED, SERVFAIL

from ..fakes import makeQuery, recordsOf

LAB = Path(__file__).parents[2] / "etc" / "lab.zone"

HEAD = """\
$ORIGIN example.org.
$TTL 300
@ SOA ns host 1 7200 900 1209600 60
@ NS ns
"""
NEGATIVE = "example.org. 60 IN SOA ns.example.org. host.example.org. 1 7200 900 1209600 60"


class ZoneCase(SynchronousTestCase):
    """Zones made from text."""

    def write(self, text: str, name: str = "lab.zone") -> Path:
        """A file with such a text."""
        folder = Path(self.mktemp())
        folder.mkdir(parents=True)
        file = folder / name
        file.write_text(text)
        return file

    def zone(self, *lines: str) -> Zone:
        """The zone example.org with these records."""
        self.made = Zone(MemoryReactorClock(), file=self.write(HEAD + "".join(f"{line}\n" for line in lines)))
        return self.made

    def ask(self, name: str, kind: str = "A", dnsClass: str = "IN") -> Answer:
        """What the zone says."""
        self.query = makeQuery(name, kind, dnsClass=dnsClass)
        answer = self.made.resolve(self.query)
        assert isinstance(answer, Answer)
        return answer

    def assertSays(self, name: str, kind: str, *records: str) -> None:
        """It gives these records and no more, with authority (RFC 1035 section 4.1.1)."""
        answer = self.ask(name, kind)
        self.assertEqual(recordsOf(self.query, answer), [sorted(records), [], []])
        self.assertEqual((answer.rcode, answer.flags, answer.errors), (NOERROR, AA, ()))

    def assertDenies(self, name: str, kind: str, rcode: int, *records: str) -> None:
        """It says that there is none, with the SOA (RFC 2308 section 3), behind such aliases."""
        answer = self.ask(name, kind)
        self.assertEqual(recordsOf(self.query, answer), [sorted(records), [NEGATIVE], []])
        self.assertEqual((answer.rcode, answer.flags, answer.errors), (rcode, AA, ()))

    def assertRefuses(self, answer: Answer, code: int) -> None:
        """It refuses, and tells why by an extended DNS error."""
        self.assertEqual((answer.rcode, answer.flags, answer.body), (REFUSED, 0, b""))
        self.assertEqual([each for each, _ in answer.errors], [code])


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


class AliasTests(ZoneCase):
    """CNAME (RFC 1034 section 3.6.2)."""

    def test_followed(self) -> None:
        """Aliases are followed from one to the next."""
        self.zone("a CNAME b", "b CNAME c", "c A 192.0.2.1")
        self.assertSays(
            "a.example.org.",
            "A",
            "a.example.org. 300 IN CNAME b.example.org.",
            "b.example.org. 300 IN CNAME c.example.org.",
            "c.example.org. 300 IN A 192.0.2.1",
        )

    def test_askedFor(self) -> None:
        """A CNAME that was asked for is not followed."""
        self.zone("a CNAME b", "b A 192.0.2.1")
        self.assertSays("a.example.org.", "CNAME", "a.example.org. 300 IN CNAME b.example.org.")

    def test_noName(self) -> None:
        """An alias to a name that doesn't exist: NXDOMAIN with the alias (RFC 2308 section 2.1)."""
        self.zone("a CNAME none")
        self.assertDenies("a.example.org.", "A", NXDOMAIN, "a.example.org. 300 IN CNAME none.example.org.")

    def test_noData(self) -> None:
        """An alias to a name without the type: NODATA with the alias (RFC 2308 section 2.2)."""
        self.zone("a CNAME b", "b A 192.0.2.1")
        self.assertDenies("a.example.org.", "MX", NOERROR, "a.example.org. 300 IN CNAME b.example.org.")

    def test_away(self) -> None:
        """An alias that leads out of the zone stands alone."""
        self.zone("a CNAME www.example.com.")
        self.assertSays("a.example.org.", "A", "a.example.org. 300 IN CNAME www.example.com.")

    def test_loop(self) -> None:
        """Aliases in a circle end, each given once."""
        self.zone("a CNAME b", "b CNAME a")
        self.assertSays(
            "a.example.org.",
            "A",
            "a.example.org. 300 IN CNAME b.example.org.",
            "b.example.org. 300 IN CNAME a.example.org.",
        )

    def test_intoWildcard(self) -> None:
        """An alias may lead to a name that a wildcard makes."""
        self.zone("a CNAME x.w", "*.w A 192.0.2.1")
        self.assertSays(
            "a.example.org.",
            "A",
            "a.example.org. 300 IN CNAME x.w.example.org.",
            "x.w.example.org. 300 IN A 192.0.2.1",
        )


class WildcardTests(ZoneCase):
    """RFC 4592; the zone is that of its section 2.2.1 where it matters."""

    def setUp(self) -> None:
        """A wildcard, a name beside it, and one below that."""
        self.zone(
            "*.w A 192.0.2.1", "*.w MX 10 foo", "host.w A 192.0.2.2", "a.b.w A 192.0.2.3", "*.c CNAME foo"
        )

    def test_made(self) -> None:
        """Names that don't exist are made from it, of any number of labels."""
        for name in ("x.w.example.org.", "x.y.z.w.example.org."):
            self.assertSays(name, "A", f"{name} 300 IN A 192.0.2.1")

    def test_existing(self) -> None:
        """A name that exists is not made, for no type."""
        self.assertSays("host.w.example.org.", "A", "host.w.example.org. 300 IN A 192.0.2.2")
        self.assertDenies("host.w.example.org.", "MX", NOERROR)

    def test_belowExisting(self) -> None:
        """Below a name that exists nothing is made: that is the closest encloser (section 3.3.1)."""
        self.assertDenies("x.host.w.example.org.", "A", NXDOMAIN)

    def test_emptyNonTerminal(self) -> None:
        """A name with no records but with names below it exists, and blocks as others do."""
        self.assertDenies("b.w.example.org.", "A", NOERROR)
        self.assertDenies("x.b.w.example.org.", "A", NXDOMAIN)

    def test_itself(self) -> None:
        """The asterisk can be asked for, and is no wildcard to names below it (section 2.3)."""
        self.assertSays("*.w.example.org.", "A", "*.w.example.org. 300 IN A 192.0.2.1")
        self.assertDenies("x.*.w.example.org.", "A", NXDOMAIN)
        self.assertDenies("w.example.org.", "A", NOERROR)

    def test_noData(self) -> None:
        """A name that it makes without the type asked for: NODATA (section 2.2.1)."""
        self.assertDenies("x.w.example.org.", "TXT", NOERROR)

    def test_alias(self) -> None:
        """An alias is made, and followed (section 3.4.1)."""
        self.assertDenies("x.c.example.org.", "A", NXDOMAIN, "x.c.example.org. 300 IN CNAME foo.example.org.")


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


class FileTests(ZoneCase):
    """Reading, and reading again."""

    def assertBroken(self, text: str, message: str, name: str = "lab.zone") -> None:
        """It can't be read, for this reason, which names the file."""
        file = self.write(text, name)
        error = self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file)
        self.assertEqual(error.key, "file")
        self.assertRegex(str(error), f"^{re.escape(str(file))}: {message}$")

    def test_lines(self) -> None:
        """An error names its line, wherever in the line it shows."""
        for bad in (
            "foo A 192.0.2.300",
            "foo NOTYPE x",
            "foo A",
            "foo A 192.0.2.1 x",
            'foo TXT "x',
            "$FOO x",
        ):
            self.assertBroken(f"{HEAD}{bad}\nbar A 192.0.2.1\n", "line 5: .+")
            self.assertBroken(f"{HEAD}{bad}", "line 5: .+")

    def test_brackets(self) -> None:
        """An error within brackets over several lines names the line that it is in."""
        self.assertBroken(f"{HEAD}foo MX (\n 10\n foo bar )\n", "line 7: .+")

    def test_aliasAndMore(self) -> None:
        """A CNAME beside other data is an error (RFC 1034 section 3.6.2)."""
        self.assertBroken(f"{HEAD}foo CNAME bar\nfoo A 192.0.2.1\nbar A 192.0.2.1\n", "line 6: .+")

    def test_include(self) -> None:
        """$INCLUDE is refused: a zone reads no file but its own."""
        self.assertBroken(f"{HEAD}$INCLUDE /etc/passwd\n", "line 5: .+INCLUDE.+")

    def test_incomplete(self) -> None:
        """A zone without SOA or NS at its origin is none."""
        self.assertBroken("$ORIGIN example.org.\n$TTL 5\n@ NS ns\n", ".+SOA.+")
        self.assertBroken("$ORIGIN example.org.\n$TTL 5\n@ SOA ns host 1 2 3 4 5\n", ".+NS.+")
        self.assertBroken("", ".+")

    def test_notText(self) -> None:
        """What is no text is refused as such."""
        file = self.write("")
        file.write_bytes(b"\xff\xfe\x00")
        self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file)

    def test_missing(self) -> None:
        """A file that can't be read is named with the reason."""
        folder = self.write("").parent
        for file, reason in ((folder / "none.zone", "No such file"), (folder, "Is a directory")):
            error = self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file)
            self.assertIn(f"{file}: {reason}", str(error))

    def test_originOfFile(self) -> None:
        """Without $ORIGIN the file's name is the zone's, but for .zone."""
        text = HEAD.replace("$ORIGIN example.org.\n", "") + "foo A 192.0.2.1\n"
        for name in ("example.org.zone", "example.org"):
            self.made = Zone(MemoryReactorClock(), file=self.write(text, name))
            self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.1")

    def test_originNowhere(self) -> None:
        """A file without $ORIGIN, whose own name is no domain name, is an error of the origin."""
        file = self.write(HEAD.replace("$ORIGIN example.org.\n", ""), "a..b.zone")
        self.assertEqual(self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file).key, "origin")

    def test_originGiven(self) -> None:
        """An origin that is given is the zone's."""
        text = HEAD.replace("$ORIGIN example.org.\n", "") + "foo A 192.0.2.1\n"
        origin = Zone.options["origin"].read(Value("example.net"))
        self.made = Zone(MemoryReactorClock(), file=self.write(text), origin=origin)
        self.assertSays("foo.example.net.", "A", "foo.example.net. 300 IN A 192.0.2.1")

    def test_originIsNone(self) -> None:
        """What is no name is refused as origin."""
        self.assertRaises(ValueError, Zone.options["origin"].read, Value("a..b"))
        self.assertEqual(Zone.options["origin"].read(Value("a.b")), dns.name.from_text("a.b."))

    def test_reload(self) -> None:
        """What the file says by now is what is answered."""
        file = self.write(f"{HEAD}foo A 192.0.2.1\n")
        self.made = Zone(MemoryReactorClock(), file=file)
        self.ask("foo.example.org.")
        file.write_text(f"{HEAD}foo A 192.0.2.2\n")
        self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.1")
        self.made.reload()
        self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.2")

    def test_reloadFails(self) -> None:
        """A file that is broken by now changes nothing."""
        file = self.write(f"{HEAD}foo A 192.0.2.1\n")
        self.made = Zone(MemoryReactorClock(), file=file)
        file.write_text(f"{HEAD}foo A 192.0.2.x\n")
        self.assertRaises(OptionError, self.made.reload)
        self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.1")


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
