"""Tests of what the stage cache keeps, and for how long."""

from __future__ import annotations

from typing import Any

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.resolver import NoAnswer
from dotchain.stages.cache.admission import isNegative
from dotchain.testing import SOA, both, makeAnswer, makeQuery, recordsOf, ttlsOf
from dotchain.wire import Answer
from dotchain.wire.codes import NXDOMAIN, RA, REFUSED

from ...wire.test_fuzz import RRSETS, quick
from .cachecase import DAY, FOO, MOST, MOST_NEGATIVE, NO_NEGATIVE, A, CacheCase


@both
class AdmissionTests(CacheCase):
    """What is kept, and what is not."""

    def test_zero(self) -> None:
        """TTL 0 is for the transaction in progress only (RFC 1035 section 3.2.1)."""
        self.assertNotKept(makeAnswer(FOO, "foo.example.org. 0 IN A 192.0.2.1"))

    def test_zeroSomewhere(self) -> None:
        """One record with TTL 0 and the answer as a whole isn't kept (CA05)."""
        self.assertNotKept(makeAnswer(FOO, A, additional=["ns.example.org. 0 IN A 192.0.2.53"]))

    def test_truncated(self) -> None:
        """A truncated answer isn't kept (RFC 2181 section 9)."""
        self.assertNotKept(makeAnswer(FOO, A, flags=int(dns.flags.TC)))

    def test_failures(self) -> None:
        """No records are kept with an RCODE but NOERROR and NXDOMAIN, extended ones included (CA07)."""
        for rcode in (1, 2, 4, REFUSED, 9, 16, 23):
            self.cache(makeAnswer(FOO, A, authority=[SOA], rcode=rcode))
            self.ask()
            self.assertEqual((self.ask().rcode, self.ask().body), (rcode, b""))

    def test_tooLongAlias(self) -> None:
        """YXDOMAIN tells of a name, and no TTL says for how long (RFC 6672 section 2.2)."""
        self.assertNotKept(makeAnswer(FOO, A, rcode=6))

    def test_signedAnswer(self) -> None:
        """A signed answer belongs to one asker (RFC 8945 section 5.5)."""
        plain = makeAnswer(FOO, A)
        self.assertNotKept(Answer(RA, 0, plain.counts, plain.body, plain.ttls, verbatim=b"as it came"))

    def test_metaTypes(self) -> None:
        """Types that no record has are not looked up, kept or counted (RFC 6895 section 3.1)."""
        query = makeQuery(kind="AXFR")
        self.assertNotKept(makeAnswer(query, SOA), query)
        self.assertEqual(self.stage.misses, 0)

    def test_any(self) -> None:
        """An answer to ANY is kept for ANY, whatever types are in it, and for nothing else."""
        query = makeQuery(kind="ANY")
        self.cache(makeAnswer(query, "foo.example.org. 300 IN MX 10 mail.example.org."))
        self.ask(query)
        self.ask(query)
        self.assertEqual(self.asked(), 1)
        self.ask(makeQuery(kind="MX"))
        self.assertEqual(self.asked(), 2)

    def test_noRecords(self) -> None:
        """An empty answer says nothing about how long it holds (NG04)."""
        self.assertNotKept(Answer.bare(0))

    def test_least(self) -> None:
        """min-ttl raises the TTLs of answers with records, 0 among them, and of no others."""
        for ttl, life in ((0, 60), (5, 60), (300, 300)):
            self.cache(makeAnswer(FOO, f"foo.example.org. {ttl} IN A 192.0.2.1"), min_ttl=60.0)
            self.assertEqual([ttlsOf(self.ask()), ttlsOf(self.ask(after=life - 1))], [[life], [1]])
            self.ask(after=1)
            self.assertEqual(self.asked(), 2)
        soa = SOA.replace(" 60", " 5")
        self.cache(makeAnswer(FOO, authority=[soa], rcode=NXDOMAIN), min_ttl=60.0)
        self.assertEqual(ttlsOf(self.ask()), [5])

    def test_leastOfMixed(self) -> None:
        """A record that lives longer than min-ttl has the TTL of those that were raised."""
        alias = "foo.example.org. 100 IN CNAME bar.example.org."
        self.cache(makeAnswer(FOO, alias, "bar.example.org. 2 IN A 192.0.2.1"), min_ttl=60.0)
        self.assertEqual(ttlsOf(self.ask()), [60, 60])

    def test_newsSupersedes(self) -> None:
        """An answer that must not be kept leaves nothing of an older one (RFC 8767 section 4)."""
        self.cache(
            makeAnswer(FOO, "foo.example.org. 1 IN A 192.0.2.1"),
            makeAnswer(FOO, "foo.example.org. 0 IN A 192.0.2.2"),
            NoAnswer("timeout"),
            stale=3600.0,
        )
        self.ask()
        self.ask(after=1)
        self.assertEqual(self.stage.entries, 0)
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)


@both
class NegativeTests(CacheCase):
    """Negative answers by RFC 2308."""

    def negative(self, soaTTL: int, minimum: int, *records: str, rcode: int = NXDOMAIN) -> Answer:
        """A negative answer with such a SOA."""
        soa = f"example.org. {soaTTL} IN SOA ns.example.org. host.example.org. 1 7200 900 1209600 {minimum}"
        return makeAnswer(FOO, *records, authority=[soa], rcode=rcode)

    def assertKept(self, answer: Answer, life: int, **options: Any) -> None:
        """It is kept for so long, its TTLs counting down from there (RFC 2308 section 5)."""
        self.cache(answer, **options)
        served = [self.ask(), self.ask(), self.ask(after=life - 1)]
        count = len(answer.ttls)
        self.assertEqual([ttlsOf(each) for each in served], [[life] * count, [life] * count, [1] * count])
        self.assertEqual([each.rcode for each in served], [answer.rcode] * 3)
        self.assertEqual(self.asked(), 1)
        self.ask(after=1)
        self.assertEqual(self.asked(), 2)

    def test_minimum(self) -> None:
        """NXDOMAIN is kept for the SOA's MINIMUM where its TTL is above that (NG01)."""
        self.assertKept(self.negative(300, 2), 2)

    def test_soaTTL(self) -> None:
        """NXDOMAIN is kept for the SOA's TTL where MINIMUM is above that (NG01)."""
        self.assertKept(self.negative(2, 300), 2)

    def test_noData(self) -> None:
        """NODATA is kept as NXDOMAIN is, and comes with the SOA."""
        answer = self.negative(300, 60, rcode=0)
        self.assertKept(answer, 60)
        self.assertIn(" 60 IN SOA ", recordsOf(FOO, self.ask())[1][0])

    def test_noDataIsForItsType(self) -> None:
        """NODATA never answers for another type (NG02)."""
        self.cache(self.negative(300, 60, rcode=0))
        self.ask()
        self.ask(makeQuery(kind="AAAA"))
        self.assertEqual(self.asked(), 2)

    def test_minimumZero(self) -> None:
        """MINIMUM 0 means not kept."""
        self.assertNotKept(self.negative(300, 0))

    def test_longest(self) -> None:
        """max-negative-ttl bounds negative answers, and no others (NG04)."""
        self.assertKept(self.negative(DAY, DAY), 3600)
        self.assertKept(self.negative(300, 60), 30, **MOST_NEGATIVE)
        self.cache(makeAnswer(FOO, A), **MOST_NEGATIVE)
        self.assertEqual(ttlsOf(self.ask()), [300])

    def test_longestOfAll(self) -> None:
        """max-ttl bounds negative answers, too."""
        self.assertKept(self.negative(300, 60), 30, **MOST)

    def test_none(self) -> None:
        """max-negative-ttl = 0 keeps no negative answer, and leaves it as it is."""
        answer = self.negative(300, 60)
        self.cache(answer, **NO_NEGATIVE)
        self.assertIs(self.ask(), answer)
        self.assertEqual(self.stage.entries, 0)

    def test_withoutSOA(self) -> None:
        """NXDOMAIN without SOA isn't kept (RFC 2308 section 5)."""
        self.assertNotKept(makeAnswer(FOO, rcode=NXDOMAIN))

    def test_soaElsewhere(self) -> None:
        """A SOA in another section than authority does not count."""
        self.assertNotKept(makeAnswer(FOO, additional=[SOA], rcode=NXDOMAIN))

    def test_referral(self) -> None:
        """NS without SOA is a referral, not NODATA (RFC 2308 section 2.2)."""
        self.assertNotKept(makeAnswer(FOO, authority=["example.org. 300 IN NS ns.example.org."]))

    def test_aliasToNoName(self) -> None:
        """NXDOMAIN behind an alias is bounded by the alias' TTL and the negative one (NG03)."""
        alias = "foo.example.org. {} IN CNAME none.example.org."
        self.assertKept(self.negative(300, 60, alias.format(20)), 20)
        self.assertKept(self.negative(300, 60, alias.format(200)), 60)

    def test_aliasToNoData(self) -> None:
        """NOERROR with aliases alone and a SOA is NODATA (RFC 2308 section 2.2)."""
        alias = "foo.example.org. {} IN CNAME none.example.org."
        self.assertKept(self.negative(300, 60, alias.format(20), rcode=0), 20)
        self.assertKept(self.negative(300, 60, alias.format(200), rcode=0), 60)

    def test_aliasAlone(self) -> None:
        """Aliases that lead to nothing, without SOA, are not kept (NG04)."""
        self.assertNotKept(makeAnswer(FOO, "foo.example.org. 300 IN CNAME none.example.org."))

    def test_aliasAskedFor(self) -> None:
        """A CNAME that was asked for is an answer, not a way to one."""
        query = makeQuery(kind="CNAME")
        self.cache(makeAnswer(query, "foo.example.org. 300 IN CNAME none.example.org."))
        self.ask(query)
        self.assertEqual((ttlsOf(self.ask(query, 1)), self.asked()), ([299], 1))

    def test_nameErrorWithRecord(self) -> None:
        """NXDOMAIN is negative even where a record of the type asked for leads to it (NG03)."""
        self.assertKept(self.negative(300, 60, A), 60)
        self.assertNotKept(makeAnswer(FOO, A, rcode=NXDOMAIN))

    def test_positiveWithSOA(self) -> None:
        """A SOA beside a real answer shortens nothing but by its own TTL."""
        self.cache(self.negative(300, 2, A, rcode=0))
        self.assertEqual(ttlsOf(self.ask()), [300, 300])


class AnyRecordsTests(SynchronousTestCase):
    """L{isNegative}, of records of all sorts."""

    @quick
    @given(RRSETS, RRSETS, st.sampled_from(["A", "MX", "SOA", "HTTPS", "ANY", "TYPE65280"]))
    def test_negative(self, answers: list[dns.rrset.RRset], others: list[dns.rrset.RRset], kind: str) -> None:
        """An answer is negative where dnspython finds no record of the type among its answers."""
        message = dns.message.make_response(dns.message.make_query("ok.t.", kind, id=1))
        message.answer, message.authority = answers, others
        wanted = dns.rdatatype.from_text(kind)
        found = [each for each in answers if wanted in (each.rdtype, dns.rdatatype.ANY)]
        answer = Answer.parse(message.to_wire())
        self.assertEqual(isNegative(answer, wanted.to_bytes(2, "big")), not found)
