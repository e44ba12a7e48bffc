"""A cache before a scripted resolver, for its tests."""

from __future__ import annotations

from typing import Any

from dotchain.stages.cache.stage import Cache
from dotchain.testing import Line, StageCase, VirtualReactor, makeQuery
from dotchain.wire import Answer, Query

FOO = makeQuery()
A = "foo.example.org. 300 IN A 192.0.2.1"
DAY = 86400
MOST: dict[str, Any] = {"max-ttl": 30.0}
MOST_NEGATIVE: dict[str, Any] = {"max-negative-ttl": 30.0}
NO_NEGATIVE: dict[str, Any] = {"max-negative-ttl": 0.0}


class CacheCase(StageCase):
    """A cache before a scripted resolver, with a clock of its own."""

    def cache(self, *script: Line, replays: bool = True, **options: Any) -> Cache:
        """A cache before a resolver with this script."""
        self.clock = VirtualReactor()
        self.clock.advance(1000.25)
        self.next = self.scripted(*script, replays=replays)
        self.stage = Cache(self.next, self.clock, self.clock.seconds, **options)
        return self.stage

    def ask(self, query: Query = FOO, after: float = 0) -> Answer:
        """The answer to a query, so many seconds later."""
        self.clock.advance(after)
        return self.settled(self.stage.resolve(query), self.next)

    def asked(self) -> int:
        """How often the next resolver was asked."""
        return len(self.next.asked)

    def assertNotKept(self, line: Line, query: Query = FOO) -> None:
        """An answer is passed on as it is, and the next query meets the next resolver again."""
        self.cache(line)
        for _ in range(2):
            self.assertIs(self.ask(query), line)
        self.assertEqual((self.asked(), self.stage.entries), (2, 0))
