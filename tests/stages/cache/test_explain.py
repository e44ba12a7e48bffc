"""What the cache tells of itself and of a query."""

from __future__ import annotations

from dotchain.control.counters import counters
from dotchain.resolver import ResolveError
from dotchain.testing import SOA, Scripted, both, makeAnswer, makeQuery
from dotchain.wire.codes import NXDOMAIN, SERVFAIL

from .cachecase import FOO, A, CacheCase


@both
class ExplainTests(CacheCase):
    """For C{dotchain explain}, C{stats}."""

    def test_kept(self) -> None:
        """What is kept of a question, and how long that is good for."""
        self.cache(makeAnswer(FOO, A))
        self.assertEqual(self.stage.explain(FOO), "not kept")
        self.ask()
        self.clock.advance(55)
        self.assertEqual(self.stage.explain(FOO), "kept, 245 s left")
        self.assertEqual(self.stage.explain(makeQuery(flags=0)), "passed by")
        self.clock.advance(300)
        self.assertEqual(self.stage.explain(FOO), "not kept")

    def test_stale(self) -> None:
        """An answer beyond its time is of use where the operator says so."""
        self.cache(makeAnswer(FOO, A), stale=3600.0)
        self.ask()
        self.clock.advance(310)
        self.assertEqual(self.stage.explain(FOO), "kept, 10 s over")

    def test_failure(self) -> None:
        """A failure that is remembered is no answer."""
        self.cache(makeAnswer(FOO, rcode=SERVFAIL))
        self.ask()
        self.assertRegex(self.stage.explain(FOO), r"^a failure, \d s left$")

    def test_denied(self) -> None:
        """A name that is known not to exist is told for types that were never asked for."""
        self.cache(makeAnswer(FOO, rcode=NXDOMAIN, authority=[SOA]))
        self.ask()
        self.assertEqual(self.stage.explain(makeQuery(kind="MX")), "its name is known not to exist")

    def test_nothingChanges(self) -> None:
        """To tell of a query counts nothing and asks nobody."""
        self.cache(makeAnswer(FOO, A))
        self.ask()
        before = counters(self.stage)
        self.stage.explain(FOO)
        self.assertEqual((counters(self.stage), self.asked()), (before, 1))

    def test_counters(self) -> None:
        """What it counts."""
        self.cache(makeAnswer(FOO, A))
        for _ in range(3):
            self.ask()
        told = counters(self.stage)
        self.assertEqual((told["hits"], told["misses"], told["entries"]), (2, 1, 1))
        self.assertEqual((told["stale-answers"], told["prefetches"], told["evictions"]), (0, 0, 0))

    def test_before(self) -> None:
        """A copy asks the resolver that it stands before, and keeps what that says for the cache itself."""
        self.cache(ResolveError("nobody is to ask here"))
        other = Scripted(makeAnswer(FOO, A), later=self.later)
        self.settled(self.stage.before(other).resolve(FOO), other)
        self.assertEqual((len(other.asked), self.asked()), (1, 0))
        self.assertEqual(self.ask().counts[:2], b"\0\1")
        self.assertEqual(self.asked(), 0)

    def test_beforeStale(self) -> None:
        """So it does for an answer that is beyond its time, and for what is passed by."""
        self.cache(makeAnswer(FOO, A), stale=3600.0)
        self.ask()
        self.clock.advance(310)
        other = Scripted(makeAnswer, later=self.later)
        copy = self.stage.before(other)
        for query in (FOO, makeQuery(flags=0)):
            self.settled(copy.resolve(query), other)
        self.assertEqual((len(other.asked), self.asked()), (2, 1))
