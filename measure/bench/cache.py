"""C{python -m measure.bench.cache}: nanoseconds of processor time that the stage cache takes of a query."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import process_time_ns

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from zope.interface import implementer

from dotchain.interfaces import IResolver
from dotchain.stages.cache.stage import Cache
from dotchain.testing import SOA, makeAnswer, makeQuery
from dotchain.wire import Answer, Query
from dotchain.wire.codes import NXDOMAIN

_NAMES = 2000
_REPEATS = 15


@implementer(IResolver)
class Always:
    """A next resolver that costs as little as one can."""

    replays = False

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def resolve(self, query: Query) -> Deferred[Answer]:
        """The one answer."""
        return succeed(self._answer)


QUERY = makeQuery()
ANSWER = makeAnswer(QUERY, "foo.example.org. 86400 IN A 192.0.2.1")
DENIAL = makeAnswer(QUERY, authority=[SOA], rcode=NXDOMAIN)
UNIQUE = [makeQuery(f"n{number}.example.org.") for number in range(_NAMES)]


def cache(answer: Answer = ANSWER, size: int = 64 << 20) -> tuple[Cache, Clock]:
    """A cache with everything on, before a resolver that always says this."""
    clock = Clock()
    return Cache(Always(answer), clock, clock.seconds, size=size, stale=86400.0), clock


def hits() -> int:
    """Hits on one entry in one second."""
    stage, _ = cache()
    stage.resolve(QUERY)
    return _timed(stage, [QUERY] * _NAMES)


def agedHits() -> int:
    """Hits on as many entries, each the first of its second."""
    stage, clock = cache()
    _timed(stage, UNIQUE)
    clock.advance(1)
    return _timed(stage, UNIQUE)


def misses() -> int:
    """Names that are asked for once."""
    return _timed(cache()[0], UNIQUE)


def denials() -> int:
    """Names that don't exist."""
    return _timed(cache(DENIAL)[0], UNIQUE)


def evictions() -> int:
    """Names in a cache that has room for a few hundred."""
    return _timed(cache(size=200_000)[0], UNIQUE)


CASES: dict[str, Callable[[], int]] = {
    "hit": hits,
    "first hit of a second": agedHits,
    "miss": misses,
    "miss, NXDOMAIN": denials,
    "miss, another goes": evictions,
}


def _timed(stage: Cache, queries: list[Query]) -> int:
    """Nanoseconds that all of these take."""
    resolve = stage.resolve
    start = process_time_ns()
    for query in queries:
        resolve(query)
    return process_time_ns() - start


def main() -> None:
    """Measure in turns, and print the least of each, which other work on the machine disturbs least."""
    rounds = [{label: case() for label, case in CASES.items()} for _ in range(_REPEATS)]
    for label in CASES:
        sys.stdout.write(f"{label:24}{min(one[label] for one in rounds) / _NAMES:8.0f}\n")


if __name__ == "__main__":
    main()
