"""Tests of answers as octets."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.cache.entry import Entry
from dotchain.stages.cache.packed import (
    ESTABLISHED,
    MARKS,
    NEGATIVE,
    USED,
    cost,
    expiry,
    marked,
    pack,
    repacked,
    unpack,
)
from dotchain.testing import SOA, makeAnswer, makeQuery
from dotchain.wire import Answer
from dotchain.wire.codes import AA, AD, NXDOMAIN, RA, SERVFAIL

QUERY = makeQuery()
KEY = QUERY.key
A = "foo.example.org. 300 IN A 192.0.2.1"
ALIAS = "foo.example.org. 300 IN CNAME bar.example.org."
MANY = [f"foo.example.org. 300 IN A 192.0.{number // 256}.{number % 256}" for number in range(300)]


def through(entry: Entry, marks: int = 0) -> Entry:
    """An entry after it was packed."""
    packed = pack(entry.current, entry.expires, entry.lead, marks)
    return unpack(entry.key, repacked(packed, entry))


class PackedTests(SynchronousTestCase):
    """What is packed is what is unpacked."""

    def assertSame(self, answer: Answer) -> None:
        """An answer comes back as it was."""
        found = through(Entry(KEY, answer, 1000, 300)).current
        for attribute in ("flags", "rcode", "counts", "body", "ttls", "errors"):
            self.assertEqual(getattr(found, attribute), getattr(answer, attribute), attribute)

    def test_answers(self) -> None:
        """Records of all sections, however many, with their TTLs' places and the flags that are kept."""
        for answer in (
            makeAnswer(QUERY, A),
            makeAnswer(QUERY, ALIAS, A, authority=[SOA], additional=["ns.example.org. 300 IN A 192.0.2.53"]),
            makeAnswer(QUERY, *MANY[:255]),
            makeAnswer(QUERY, *MANY),
            makeAnswer(QUERY, authority=[SOA], rcode=NXDOMAIN),
            makeAnswer(QUERY, A, flags=AD | RA),
            makeAnswer(QUERY, A, flags=0),
        ):
            self.assertSame(answer)

    def test_failures(self) -> None:
        """RCODEs of twelve bits, and extended errors with any text or none."""
        for rcode in (SERVFAIL, 0xFFF):
            self.assertSame(Answer.bare(rcode))
            self.assertSame(Answer.bare(rcode, [(22, ""), (65535, "nö" * 300), (13, "\N{SNOWMAN}\0")]))
        self.assertSame(makeAnswer(QUERY, A, errors=[(4, "x")]))

    def test_notAuthoritative(self) -> None:
        """An answer from a cache is not authoritative, whatever it was (RFC 1035 section 4.1.1)."""
        found = through(Entry(KEY, makeAnswer(QUERY, A, flags=AA | RA), 1000, 300))
        self.assertEqual(found.current.flags, RA)

    def test_state(self) -> None:
        """What is known of it comes back, counters up to what is looked at."""
        entry = Entry(KEY, Answer.bare(SERVFAIL), 1000, 31, negative=True, failures=3)
        entry.seen, entry.used = 7, True
        found = through(entry, NEGATIVE)
        self.assertEqual((found.key, found.expires, found.failures, found.seen), (KEY, 1031, 3, 7))
        self.assertEqual((found.negative, found.used), (True, True))
        entry.seen, entry.used = 1000, False
        found = through(entry)
        self.assertEqual((found.negative, found.used, found.seen, found.failures), (False, False, 15, 3))

    def test_times(self) -> None:
        """Any second: long over before the clock began, and 68 years from now, with the longest lead."""
        longest = 2**31 - 1
        for second, life in ((5, -(2**31)), (2**31, longest), (0, 1)):
            found = through(Entry(KEY, makeAnswer(QUERY, A), second, life, lead=longest // 10))
            self.assertEqual((found.expires, found.lead), (second + life, longest // 10))
        self.assertEqual(expiry(pack(makeAnswer(QUERY, A), -77, 0, 0)), -77)

    def test_recheck(self) -> None:
        """An answer beyond its time has no lead any more, but a second in which it is fetched again."""
        entry = Entry(KEY, makeAnswer(QUERY, A), 1000, 300, lead=30)
        entry.recheckAt = 1400
        found = through(entry)
        self.assertEqual((found.expires, found.recheckAt, found.lead), (1300, 1400, 0))

    def test_age(self) -> None:
        """The TTLs say of which second it is: it is not aged again within that one."""
        entry = Entry(KEY, makeAnswer(QUERY, A), 1000, 300)
        self.assertEqual(through(entry).agedAt, 1000)
        entry.age(1007)
        found = through(entry)
        self.assertIs(found.age(1007), found.current)
        self.assertEqual(found.age(1008).ttl, 292)

    def test_repacked(self) -> None:
        """An entry goes back with what has changed, in as many octets, and stands where it stood."""
        packed = pack(makeAnswer(QUERY, A), 1300, 30, ESTABLISHED)
        entry = unpack(KEY, packed)
        entry.used, entry.seen, entry.lead = True, 4, 0
        entry.age(1100)
        again = repacked(packed, entry)
        self.assertEqual((len(again), again[MARKS]), (len(packed), ESTABLISHED | USED))
        self.assertEqual((unpack(KEY, again).seen, unpack(KEY, again).current.ttl), (4, 200))
        self.assertEqual(marked(again, ESTABLISHED | USED), again)

    def test_cost(self) -> None:
        """A name that doesn't exist stands in an index besides; where an alias leads to it, it does not."""
        for answer, more in (
            (makeAnswer(QUERY, ALIAS, authority=[SOA], rcode=NXDOMAIN), False),
            (makeAnswer(QUERY, authority=[SOA], rcode=NXDOMAIN), True),
        ):
            packed = pack(answer, 1300, 0, NEGATIVE)
            plain = pack(answer.having(rcode=0), 1300, 0, NEGATIVE)
            self.assertEqual(len(packed), len(plain))
            self.assertIs(cost(KEY, packed) > cost(KEY, plain), more)

    def test_size(self) -> None:
        """With one address it has 31 octets, which with Python's own 33 fill an allocation (64)."""
        self.assertEqual(len(pack(makeAnswer(QUERY, A), 1300, 30, 0)), 31)
