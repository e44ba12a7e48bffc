"""Tests of what NXDOMAIN says about other types and other names."""

from __future__ import annotations

from typing import Any

import dns.rcode

from dotchain.testing import SOA, both, makeAnswer, makeQuery, recordsOf, ttlsOf
from dotchain.wire import Answer, Query
from dotchain.wire.codes import AD, CD, NXDOMAIN, RD

from .cachecase import FOO, CacheCase

CUT: dict[str, Any] = {"nxdomain-cut": "yes"}
SECURE: dict[str, Any] = {"nxdomain-cut": "secure"}
PROOF = [
    SOA,
    "example.org. 300 IN NSEC a.example.org. NS SOA RRSIG NSEC",
    "example.org. 300 IN RRSIG NSEC 13 2 300 20300101000000 20200101000000 1 example.org. AAAA",
]


def denied(query: Query, flags: int = 0, authority: list[str] | None = None) -> Answer:
    """NXDOMAIN with a SOA."""
    return makeAnswer(query, authority=authority or [SOA], rcode=NXDOMAIN, flags=flags)


@both
class TypeTests(CacheCase):
    """RFC 2308 section 5: NXDOMAIN is kept for a name and class."""

    def test_otherType(self) -> None:
        """The name has no other type either; the SOA counts down (NG02)."""
        self.cache(denied)
        self.ask()
        other = makeQuery("Foo.example.org.", "AAAA")
        answer = self.ask(other, after=10)
        self.assertEqual((answer.rcode, ttlsOf(answer), self.asked()), (NXDOMAIN, [50], 1))
        self.assertEqual(recordsOf(other, answer)[1], [SOA.replace(" 300", " 50", 1)])
        self.assertEqual((self.stage.hits, self.stage.misses), (1, 1))

    def test_atOnce(self) -> None:
        """It is given at once, the same object all through a second."""
        self.cache(denied)
        self.ask()
        other = makeQuery(kind="AAAA")
        first = self.stage.resolve(other)
        self.assertIsInstance(first, Answer)
        self.assertIs(self.stage.resolve(other), first)

    def test_expires(self) -> None:
        """Once its time is over it says nothing."""
        self.cache(denied)
        self.ask()
        self.ask(makeQuery(kind="AAAA"), after=60)
        self.assertEqual(self.asked(), 2)

    def test_apart(self) -> None:
        """Other names, classes, DO and CD are asked for themselves."""
        self.cache(denied)
        for query in (
            FOO,
            makeQuery("bar.example.org."),
            makeQuery(dnsClass="CH"),
            makeQuery(do=True),
            makeQuery(flags=RD | CD),
            makeQuery("x.foo.example.org."),
        ):
            self.ask(query)
        self.assertEqual(self.asked(), 6)

    def test_notRecursive(self) -> None:
        """Queries with RD=0 learn nothing from it (MS12)."""
        self.cache(denied)
        self.ask()
        self.ask(makeQuery(kind="AAAA", flags=0))
        self.assertEqual(self.asked(), 2)

    def test_alias(self) -> None:
        """NXDOMAIN behind an alias is about its target: the alias is there (NG03)."""
        alias = "foo.example.org. 300 IN CNAME none.example.org."
        for cut in ({}, CUT):
            self.cache(lambda query: makeAnswer(query, alias, authority=[SOA], rcode=NXDOMAIN), **cut)
            self.ask()
            for query in (makeQuery(kind="CNAME"), makeQuery(kind="TXT"), makeQuery("x.foo.example.org.")):
                self.ask(query)
            self.assertEqual(self.asked(), 4)

    def test_noData(self) -> None:
        """An empty answer is about its type alone (NG02)."""
        self.cache(lambda query: makeAnswer(query, authority=[SOA]), **CUT)
        for query in (FOO, makeQuery(kind="AAAA"), makeQuery("x.foo.example.org.")):
            self.ask(query)
        self.assertEqual(self.asked(), 3)

    def test_replaced(self) -> None:
        """When the name is there after all, nothing is left of the denial."""
        self.cache(denied, lambda query: makeAnswer(query, f"{query.name} 300 IN {kind(query)}"))
        self.ask()
        self.ask(after=60)
        self.assertEqual(self.ask(makeQuery(kind="TXT")).rcode, dns.rcode.NOERROR)


def kind(query: Query) -> str:
    """A record's type and data."""
    return "A 192.0.2.1" if query.type == 1 else "TXT x"


@both
class CutTests(CacheCase):
    """RFC 8020: below a name that doesn't exist nothing does."""

    def test_below(self) -> None:
        """All names below are denied, with the SOA of the name above (NG06)."""
        self.cache(denied, **CUT)
        self.ask()
        for name in ("x.foo.example.org.", "A.b.FOO.example.org.", f"{'y' * 60}.foo.example.org."):
            query = makeQuery(name, "AAAA")
            answer = self.ask(query)
            self.assertEqual((answer.rcode, recordsOf(query, answer)[1]), (NXDOMAIN, [self.counted(60)]))
        self.assertEqual(self.asked(), 1)
        self.assertEqual(ttlsOf(self.ask(makeQuery("x.foo.example.org."), after=10)), [50])

    @staticmethod
    def counted(ttl: int) -> str:
        """The SOA with this TTL."""
        return SOA.replace(" 300", f" {ttl}", 1)

    def test_notBeside(self) -> None:
        """Names beside and above are asked for, and so is one that only ends in the same letters."""
        self.cache(denied, **CUT)
        self.ask()
        for name in ("bar.example.org.", "xfoo.example.org.", "x\\.foo.example.org.", "example.org."):
            self.ask(makeQuery(name))
        self.assertEqual(self.asked(), 5)

    def test_proof(self) -> None:
        """Those who want DNSSEC records get the proof, which covers what is below, too."""
        self.cache(lambda query: denied(query, authority=PROOF), **CUT)
        self.ask(makeQuery(do=True))
        below = makeQuery("x.y.foo.example.org.", do=True)
        owners = [line.split()[0:4:3] for line in recordsOf(below, self.ask(below))[1]]
        self.assertEqual(owners, [["example.org.", kind] for kind in ("NSEC", "RRSIG", "SOA")])
        self.ask(makeQuery("x.y.foo.example.org."))
        self.assertEqual(self.asked(), 2)

    def test_unknownRecords(self) -> None:
        """A denial with records that may hold compressed names is not put behind other questions."""
        self.cache(
            lambda query: denied(query, authority=[SOA, "example.org. 300 IN MX 1 foo.example.org."]), **CUT
        )
        self.ask()
        self.ask(makeQuery("x.foo.example.org."))
        self.assertEqual(self.asked(), 2)

    def test_secure(self) -> None:
        """With secure only what the upstream has validated counts; AD is for the name validated alone."""
        for flags, asked in ((0, 2), (AD, 1)):
            self.cache(denied(FOO, flags), **SECURE)
            self.ask()
            self.assertEqual(self.ask(makeQuery("x.foo.example.org.")).flags & AD, 0)
            self.assertEqual(self.asked(), asked)

    def test_off(self) -> None:
        """By default names below are asked for."""
        self.cache(lambda query: denied(query, AD))
        self.ask()
        self.ask(makeQuery("x.foo.example.org."))
        self.assertEqual(self.asked(), 2)

    def test_own(self) -> None:
        """An entry of its own goes before what is said of a name above."""
        below = makeQuery("x.foo.example.org.")
        self.cache(makeAnswer(below, "x.foo.example.org. 300 IN A 192.0.2.1"), denied, **CUT)
        self.ask(below)
        self.ask()
        self.assertEqual((self.ask(below).rcode, self.asked()), (0, 2))

    def test_gone(self) -> None:
        """A denial that was evicted or flushed denies nothing."""
        self.cache(denied, **CUT)
        self.ask()
        self.stage.flush("foo.example.org")
        self.ask(makeQuery("x.foo.example.org."))
        self.assertEqual(self.asked(), 2)
