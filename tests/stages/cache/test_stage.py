"""Tests of the stage cache."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from zope.interface.verify import verifyClass, verifyObject

from dotchain.interfaces import IKind, IResolver
from dotchain.options import OptionError, Value
from dotchain.stages.cache.stage import Cache
from dotchain.testing import Scripted, StageCase, both, makeAnswer, makeQuery, recordsOf, ttlsOf
from dotchain.wire import Answer, Query
from dotchain.wire.codes import AA, AD, CD, RA, RD, REFUSED

from .cachecase import DAY, FOO, MOST, A, CacheCase


@both
class ServingTests(CacheCase):
    """What a hit gives."""

    def test_hit(self) -> None:
        """The second query is answered without the next resolver, at once, with the same records."""
        self.cache(makeAnswer(FOO, A))
        self.ask()
        result = self.stage.resolve(FOO)
        assert isinstance(result, Answer)
        self.assertEqual(recordsOf(FOO, result), [[A], [], []])
        self.assertEqual((self.asked(), self.stage.hits, self.stage.misses), (1, 1, 1))

    def test_sameSecond(self) -> None:
        """All hits of one second are one object, which fronts rely on."""
        self.cache(makeAnswer(FOO, A, flags=AA))
        self.ask()
        first = self.stage.resolve(FOO)
        self.assertIs(self.ask(after=0.7), first)
        self.assertIsNot(self.ask(after=0.1), first)
        self.assertIs(self.stage.replays, True)

    def test_countdown(self) -> None:
        """TTLs count down by whole seconds, then the answer is fetched anew (CA03)."""
        self.cache(makeAnswer(FOO, "foo.example.org. 3 IN A 192.0.2.1"))
        seen = [ttlsOf(self.ask(after=after)) for after in (0, 0, 1, 1, 1.5)]
        self.assertEqual(seen, [[3], [3], [2], [1], [3]])
        self.assertEqual(self.asked(), 2)

    def test_countdownFromAnySecond(self) -> None:
        """TTLs are right for an entry that nobody asked for a while, and go on from there."""
        self.cache(makeAnswer(FOO, A))
        self.ask()
        self.assertEqual([ttlsOf(self.ask(after=after)) for after in (100, 50, 149)], [[200], [150], [1]])
        self.assertEqual(ttlsOf(self.ask(after=1)), [300])

    def test_whole(self) -> None:
        """An entry lives for the least TTL in any of its sections (RFC 4035 section 4.5)."""
        for section in ("authority", "additional"):
            extra: Any = {section: ["ns.example.org. 2 IN A 192.0.2.53"]}
            self.cache(makeAnswer(FOO, A, **extra))
            self.ask()
            self.ask(after=1.7)
            self.assertEqual(self.asked(), 1)
            self.ask(after=0.3)
            self.assertEqual(self.asked(), 2)

    def test_alias(self) -> None:
        """A long-lived alias to a short-lived address lives as long as the address (CA05)."""
        alias = makeAnswer(
            FOO,
            "foo.example.org. 100 IN CNAME bar.example.org.",
            "bar.example.org. 2 IN A 192.0.2.1",
        )
        self.cache(alias)
        self.ask()
        self.assertEqual(ttlsOf(self.ask(after=1)), [1, 1])
        self.ask(after=1)
        self.assertEqual(self.asked(), 2)

    def test_mixedSet(self) -> None:
        """TTLs that differ within a set are all served as the lowest (RFC 2181 section 5.2)."""
        other = "foo.example.org. 60 IN A 192.0.2.2"
        self.cache(makeAnswer(FOO, "foo.example.org. 5 IN A 192.0.2.1", other))
        self.assertEqual(ttlsOf(self.ask()), [5, 5])
        self.assertEqual(ttlsOf(self.ask(after=1)), [4, 4])

    def test_authority(self) -> None:
        """AA is the authority's own: passed on with its answer, clear on hits (CA08)."""
        self.cache(makeAnswer(FOO, A, flags=AA))
        self.assertEqual([self.ask().flags, self.ask().flags, self.ask(after=1).flags], [AA | RA, RA, RA])

    def test_authenticData(self) -> None:
        """AD stays with the answer (DS03); the front shows it to those who want it."""
        self.cache(makeAnswer(FOO, A, flags=AD))
        self.ask()
        self.assertEqual(self.ask(after=1).flags, AD | RA)

    def test_extendedErrors(self) -> None:
        """Extended DNS errors stay with the answer (RFC 8914 section 3)."""
        self.cache(makeAnswer(FOO, A, errors=[(4, "forged")]))
        self.ask()
        self.assertEqual(self.ask(after=1).errors, ((4, "forged"),))

    def test_longest(self) -> None:
        """max-ttl bounds how long an answer is kept, and the TTLs given out (CA06)."""
        self.cache(makeAnswer(FOO, A), **MOST)
        self.assertEqual([ttlsOf(self.ask()), ttlsOf(self.ask(after=10))], [[30], [20]])
        self.ask(after=20)
        self.assertEqual(self.asked(), 2)

    def test_hugeTTL(self) -> None:
        """A TTL with its first bit set is a long one, neither negative nor 68 years (CA06)."""
        for ttl in (0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            self.cache(makeAnswer(FOO, f"foo.example.org. {ttl} IN A 192.0.2.1"))
            self.assertEqual([ttlsOf(self.ask()), ttlsOf(self.ask(after=DAY - 1))], [[DAY], [1]])
            self.ask(after=1)
            self.assertEqual(self.asked(), 2)

    def test_replaced(self) -> None:
        """What comes anew replaces what has expired; nothing of the old is left (RFC 2181 section 5.4)."""
        self.cache(
            makeAnswer(FOO, "foo.example.org. 1 IN A 192.0.2.1"),
            makeAnswer(FOO, "foo.example.org. 9 IN A 192.0.2.2"),
        )
        self.ask()
        self.ask(after=1)
        self.assertEqual(
            recordsOf(FOO, self.ask())[0],
            ["foo.example.org. 9 IN A 192.0.2.2"],
        )
        self.assertEqual(self.stage.entries, 1)


@both
class KeyTests(CacheCase):
    """For whom an entry is."""

    def test_apart(self) -> None:
        """Name, type, class, DO and CD each keep answers apart (CA01, DS01, DS02)."""
        queries = [
            makeQuery("foo.example.org.", "TXT"),
            makeQuery("bar.example.org.", "TXT"),
            makeQuery("foo.example.org.", "SPF"),
            makeQuery("foo.example.org.", "TXT", dnsClass="CH"),
            makeQuery("foo.example.org.", "TXT", do=True),
            makeQuery("foo.example.org.", "TXT", flags=RD | CD),
            makeQuery("foo.example.org.", "TXT", flags=RD | CD, do=True),
        ]
        answers = [
            makeAnswer(query, f"foo.example.org. 300 IN {'SPF' if query.type == 99 else 'TXT'} x{number}")
            for number, query in enumerate(queries)
        ]
        self.cache(*answers)
        for _ in range(2):
            self.assertEqual([self.ask(query).body for query in queries], [each.body for each in answers])
        self.assertEqual((self.asked(), self.stage.hits), (len(queries), len(queries)))

    def test_together(self) -> None:
        """ID, AD, an OPT without DO and its size make no difference: the front sees to them (CA01)."""
        self.cache(makeAnswer(FOO, A))
        for query in (FOO, makeQuery(identity=9), makeQuery(flags=RD | AD), makeQuery(do=False)):
            self.ask(query)
        self.assertEqual(self.asked(), 1)

    def test_case(self) -> None:
        """The case of the name makes no difference (RFC 4343 section 3)."""
        self.cache(makeAnswer(FOO, A))
        self.ask()
        self.ask(makeQuery("FOO.Example.ORG."))
        self.assertEqual(self.asked(), 1)

    def test_labels(self) -> None:
        """A dot within a label is no boundary, and octets above 127 don't fold (CA02)."""
        names = ["a.b.example.org.", "a\\.b.example.org.", "\\221.example.org.", "\\253.example.org."]
        self.cache(lambda query: makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1"))
        for name in names:
            self.ask(makeQuery(name))
        self.assertEqual((self.asked(), self.stage.entries), (4, 4))

    def test_recursionNotDesired(self) -> None:
        """A query with RD=0 is neither answered from an entry nor does it make one."""
        self.cache(makeAnswer(FOO, A))
        for query in (makeQuery(flags=0), FOO, makeQuery(flags=0)):
            self.ask(query)
        self.assertEqual((self.asked(), self.stage.hits, self.stage.misses), (3, 0, 1))

    def test_signed(self) -> None:
        """A signed query goes past the entry of its question (RFC 8945 section 5)."""
        self.cache(makeAnswer(FOO, A))
        self.ask()
        tsig = b"\0\0\xfa\0\xff\0\0\0\0\0\0"
        self.ask(Query(FOO.wire[:11] + b"\1" + FOO.wire[12:] + tsig))
        self.assertEqual(self.asked(), 2)

    def test_otherOwners(self) -> None:
        """Records of other owners in an answer never answer for them (CA09)."""
        bank = "bank.example.org. 300 IN A 192.0.2.66"
        self.cache(lambda query: makeAnswer(query, A, bank, additional=[bank]))
        self.ask()
        self.ask(makeQuery("bank.example.org."))
        self.assertEqual(self.asked(), 2)


@both
class SizeTests(CacheCase):
    """The bound in octets."""

    def answering(self, query: Query) -> Answer:
        """An address for any name."""
        return makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1")

    def test_bounded(self) -> None:
        """Names without end take no more than size; what went is asked for again (CA12)."""
        self.cache(self.answering, size=20_000)
        for number in range(100):
            self.ask(makeQuery(f"n{number}.example.org."))
        self.assertLessEqual(self.stage.octets, 20_000)
        self.assertGreater(self.stage.entries, 10)
        self.assertEqual(self.stage.entries + self.stage.evictions, 100)
        self.ask(makeQuery("n99.example.org."))
        self.assertEqual(self.asked(), 100)
        self.ask(makeQuery("n0.example.org."))
        self.assertEqual(self.asked(), 101)

    def test_hotName(self) -> None:
        """A name in use stays through a flood of others."""
        self.cache(self.answering, size=20_000)
        for number in range(100):
            self.ask(FOO)
            self.ask(makeQuery(f"n{number}.example.org."))
        self.assertEqual(self.asked(), 101)

    def test_flush(self) -> None:
        """After a flush everything is asked for anew."""
        self.cache(makeAnswer(FOO, A))
        self.ask()
        self.stage.flush()
        self.assertEqual((self.stage.entries, self.stage.octets), (0, 0))
        self.ask()
        self.assertEqual(self.asked(), 2)


class AtOnceTests(StageCase):
    """What may be given at once, since fronts remember it for the rest of a second."""

    def test_missIsDeferred(self) -> None:
        """A miss is not given at once, even if next knows it: the hit behind it differs in AA."""
        stage = Cache(Scripted(makeAnswer(FOO, A, flags=AA)), MemoryReactorClock())
        first = stage.resolve(FOO)
        assert isinstance(first, Deferred)
        self.assertEqual(self.successResultOf(first).flags, AA | RA)
        self.assertIsInstance(stage.resolve(FOO), Answer)

    def test_nextThatReplays(self) -> None:
        """What passes the cache by comes at once where the next resolver replays."""
        answer = makeAnswer(FOO, A)
        self.assertIs(Cache(Scripted(answer), MemoryReactorClock()).resolve(makeQuery(flags=0)), answer)

    def test_nextThatDoesNot(self) -> None:
        """An answer that may depend on the client never comes at once."""
        stage = Cache(Scripted(makeAnswer(FOO, rcode=REFUSED), replays=False), MemoryReactorClock())
        for query in (FOO, makeQuery(flags=0)):
            result = stage.resolve(query)
            assert isinstance(result, Deferred)
            self.assertEqual(self.successResultOf(result).rcode, REFUSED)


class KindTests(StageCase):
    """The kind as the configuration sees it."""

    def test_interfaces(self) -> None:
        """It is a kind, and what it makes is a resolver."""
        self.assertTrue(verifyObject(IKind, Cache, tentative=True))
        self.assertTrue(verifyClass(IResolver, Cache))
        self.assertTrue(verifyObject(IResolver, Cache(Scripted(Answer.bare(0)), MemoryReactorClock())))

    def test_defaults(self) -> None:
        """The defaults that an INI file would have are those of the class."""
        for key, option in Cache.options.items():
            # No match, which is another object each time; and no name that an attribute can have.
            if key in ("except", "only"):
                continue
            default = option.default and option.read(Value(option.default))
            self.assertEqual((key, default), (key, getattr(Cache, key.replace("-", "_"))))

    def assertRefused(self, key: str, value: object, text: str, **others: object) -> None:
        """A value is refused, and its key named."""
        options: dict[str, Any] = {key: value, **others}
        error = self.assertRaises(
            OptionError, Cache, Scripted(Answer.bare(0)), MemoryReactorClock(), **options
        )
        self.assertEqual(error.key, key)
        self.assertIn(text, str(error))

    def test_refused(self) -> None:
        """Values that keep nothing, or that an RFC rules out, are refused with what would be right."""
        self.assertRefused("size", 0, "say 64M")
        self.assertRefused("max-ttl", 0.5, "less than a second")
        self.assertRefused("max-ttl", 3e9, "31 bits")
        self.assertRefused("min-ttl", 60.0, "above max-ttl", **{"max-ttl": 30.0})
        self.assertRefused("failure-ttl", 0.5, "at least 1s")
        self.assertRefused("failure-ttl", 301.0, "at most 5m")
        self.assertRefused("max-failure-ttl", 301.0, "at most 5m")
        self.assertRefused("max-failure-ttl", 2.0, "below failure-ttl", **{"failure-ttl": 5.0})
