"""The cache beside a simple one that does the same slowly, through whatever may happen to both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from twisted.internet.testing import MemoryReactorClock

from dotchain.resolver import NoAnswer
from dotchain.stages.cache.packed import cost
from dotchain.stages.cache.stage import Cache
from dotchain.testing import SOA, Scripted, makeAnswer, makeQuery, ttlsOf
from dotchain.wire import Answer, Query
from dotchain.wire.codes import CD, NXDOMAIN, RD, SERVFAIL

from ...churn import often

NAMES = ("foo.example.org.", "a.foo.example.org.", "xfoo.example.org.")
DATA, NOTHING, GONE, ZERO, FAILED, DOWN = "data", "nothing", "gone", "zero", "servfail", "down"
STALE = 600
WAITS = (0, 0, 0, 0.3, 0.75, 1, 1, 2, 5, 6, 7, 28, 29, 29.75, 30, 53, 59, 60, 540, 599, 600)
Key = tuple[str, str, bool, bool]


@dataclass
class Known:
    """
    What the simple cache knows about a question.

    @ivar what: DATA, NOTHING, GONE or FAILED.
    """

    what: str
    expires: int
    failures: int = 0
    recheckAt: int = 0


@dataclass
class Given:
    """
    What a query must come to.

    @ivar ttl: of its records; None where there are none.
    @ivar asked: how often the upstream was asked for it.
    @ivar errors: extended DNS errors.
    """

    what: str
    ttl: int | None
    asked: int
    errors: tuple[int, ...] = ()


class Simple:
    """
    A cache as the RFCs describe it: one dict, looked through from end to end where that is easiest.
    """

    def __init__(self, cut: bool) -> None:
        self.known: dict[Key, Known] = {}
        self._cut = cut

    def ask(self, key: Key, second: int, what: str, ttl: int) -> Given:
        """@param what: what the upstream says if it is asked, and for how long."""
        known = self.known.get(key)
        if known and second < known.expires:
            errors = (13,) if known.what == FAILED else ()
            return Given(known.what, None if known.what == FAILED else known.expires - second, 0, errors)
        denied = self._denied(key, second)
        if denied:
            return Given(GONE, denied.expires - second, 0)
        beyond = known is not None and known.what != FAILED and second < known.expires + STALE
        if not known or not beyond:
            return self._fetch(key, second, what, ttl)
        old = Given(known.what, 30, 0, (19 if known.what == GONE else 3,))
        if second < known.recheckAt:
            return old
        if what not in (FAILED, DOWN):
            return self._fetch(key, second, what, ttl)
        known.recheckAt = second + 30
        old.asked = 1
        return old

    def _denied(self, key: Key, second: int) -> Known | None:
        name, *_ = key
        for (other, _, *flags), known in self.known.items():
            above = name == other or (self._cut and name.endswith("." + other))
            if above and tuple(flags) == key[2:] and known.what == GONE and second < known.expires:
                return known
        return None

    def _fetch(self, key: Key, second: int, what: str, ttl: int) -> Given:
        old = self.known.pop(key, None)
        if what in (DATA, NOTHING, GONE):
            self.known[key] = Known(what, second + ttl)
            return Given(what, ttl, 1)
        if what == ZERO:
            return Given(DATA, 0, 1)
        again = what == FAILED and old is not None and old.failures and second < old.expires + 30
        failures = old.failures + 1 if old and again else 1
        self.known[key] = Known(FAILED, second + min(2 ** (failures - 1), 30) + 1, failures)
        return Given(what, None, 1)

    def flush(self, matches: Callable[[str], bool]) -> int:
        """Forget the names that match."""
        gone = [key for key in self.known if matches(key[0])]
        for key in gone:
            del self.known[key]
        return len(gone)


class Machine(RuleBasedStateMachine):
    """Both caches, one clock, one upstream."""

    cut = "no"

    def __init__(self) -> None:
        super().__init__()
        self.clock = MemoryReactorClock()
        self.clock.advance(1000.25)
        self.next = Scripted(self._says)
        options: dict[str, Any] = {"stale": float(STALE), "prefetch": False, "nxdomain_cut": self.cut}
        self.cache = Cache(self.next, self.clock, self.clock.seconds, **options)
        self.simple = Simple(self.cut == "yes")
        self.what, self.ttl = DATA, 60

    def _says(self, query: Query) -> Answer | Exception:
        name, soa = str(query.name), SOA.replace(" 300", f" {self.ttl}").replace(" 60", f" {self.ttl}")
        if self.what in (DATA, ZERO):
            ttl = self.ttl if self.what == DATA else 0
            data = "192.0.2.1" if query.type == 1 else "2001:db8::1"
            return makeAnswer(query, f"{name} {ttl} IN {'A' if query.type == 1 else 'AAAA'} {data}")
        if self.what in (NOTHING, GONE):
            return makeAnswer(query, authority=[soa], rcode=NXDOMAIN if self.what == GONE else 0)
        return NoAnswer("down") if self.what == DOWN else makeAnswer(query, rcode=SERVFAIL)

    @rule(
        after=st.sampled_from(WAITS),
        what=st.sampled_from([DATA, NOTHING, GONE, GONE, ZERO, FAILED, FAILED, DOWN]),
        ttl=st.sampled_from([1, 7, 60]),
        name=st.sampled_from(NAMES),
        kind=st.sampled_from(["A", "A", "AAAA"]),
        flags=st.sampled_from([(False, False)] * 4 + [(True, False), (False, True)]),
    )
    def ask(self, after: float, what: str, ttl: int, name: str, kind: str, flags: tuple[bool, bool]) -> None:
        """Some time later someone asks, and both must say the same, whatever the upstream says by then."""
        self.clock.advance(after)
        self.what, self.ttl = what, ttl
        do, cd = flags
        query = makeQuery(name.upper() if cd else name, kind, do=do, flags=RD | CD if cd else RD)
        before, second = len(self.next.asked), int(self.clock.seconds())
        given = self.simple.ask((name, kind, do, cd), second, self.what, self.ttl)
        got: list[Any] = []
        result = self.cache.resolve(query)
        if isinstance(result, Answer):
            got.append(result)
            assert given.asked == 0
        else:
            result.addBoth(got.append)
        assert len(self.next.asked) - before == given.asked, given
        self.compare(got[0], given)

    @staticmethod
    def compare(got: Any, given: Given) -> None:
        """The answer is what it must be."""
        if given.what == DOWN:
            assert got.check(NoAnswer), given
            return
        assert got.rcode == {GONE: NXDOMAIN, FAILED: SERVFAIL}.get(given.what, 0), given
        assert (got.counts[:2] == b"\0\1") is (given.what == DATA), given
        assert ttlsOf(got) == ([] if given.ttl is None else [given.ttl]), given
        codes = tuple(code for code, _ in got.errors if code != 22)
        assert codes == given.errors, given

    @rule(name=st.sampled_from(NAMES), below=st.booleans())
    def flush(self, name: str, below: bool) -> None:
        """A name is flushed, or it with all below it."""
        if below:
            gone = self.simple.flush(lambda other: other == name or other.endswith("." + name))
            assert self.cache.flushBelow(name) == gone
        else:
            assert self.cache.flush(name) == self.simple.flush(lambda other: other == name)

    @precondition(lambda self: len(self.simple.known) > 4)
    @rule()
    def flushAll(self) -> None:
        """Everything is flushed."""
        assert self.cache.flush() == self.simple.flush(lambda _: True)

    @invariant()
    def counted(self) -> None:
        """What is counted is what is there."""
        store = self.cache._store
        entries = list(store.entries())
        octets = {entry.key: cost(entry.key, store.table[entry.key]) for entry in entries}
        assert len(entries) == len(self.simple.known)
        assert store.octets == sum(octets.values()) + store._live.octets
        assert store.negativeOctets == sum(octets[entry.key] for entry in entries if entry.negative)
        assert all(key in octets for key in store.denied.known.values())
        assert all(key in octets for key in store.live)


class CutMachine(Machine):
    """The same, where a name that doesn't exist has none below it."""

    cut = "yes"


ModelTests = Machine.TestCase
ModelTests.settings = often(80, 50)
CutModelTests = CutMachine.TestCase
CutModelTests.settings = often(80, 50)
