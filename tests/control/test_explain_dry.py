"""What C{explain --dry} tells, of which nothing is asked."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import ensureDeferred
from twisted.internet.task import deferLater

from dotchain.control.explain import explain
from dotchain.coroutine import AwaitingResolver, CoroutineGuard
from dotchain.resolver import Stage
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.testing import Scripted, makeQuery
from dotchain.upstreams.groups.failover import Failover
from dotchain.wire import Answer

from .controlcase import part
from .explaincase import ExplainCase, records


class DryTests(ExplainCase):
    """L{explain} that asks no upstream."""

    def chain(self, *script: Any, later: bool = False) -> Any:
        """A cache, a coalesce, a group, and upstreams that note what they are asked."""
        self.first, self.second = Scripted(records), Scripted(records)
        self.group = Failover(
            self.clock,
            over={"first": self.first, "second": self.second},
            next_on=frozenset(),
            patience=1,
            timeout=4,
            now=self.clock.seconds,
        )
        self.coalesce = Coalesce(self.group, self.clock)
        self.cache = Cache(self.coalesce, self.clock, now=self.clock.seconds)
        return self.daemon(
            self.cache,
            part("upstream", "first", self.first),
            part("upstream", "second", self.second),
            part("upstream", "both", self.group),
            part("stage", "coalesce", self.coalesce),
            part("stage", "cache", self.cache),
        )

    def test_way(self) -> None:
        """It is told where a query would go, and it goes nowhere."""
        found = self.explained(self.chain(), dry=True)
        names, step = [], found
        while step:
            names.append((step["name"], step["outcome"], step["error"]))
            step = step["steps"][0] if step["steps"] else None
        told = ("lan", "cache", "coalesce", "both", "first")
        self.assertEqual(names, [(name, "unasked", None) for name in told])
        self.assertEqual([self.first.asked, self.second.asked], [[], []])

    def test_leavesNothing(self) -> None:
        """Nothing is kept or in flight behind it, and no member's health has suffered."""
        daemon = self.chain()
        self.explained(daemon, dry=True)
        self.assertEqual(self.coalesce.core.flights, {})
        self.assertEqual([each.state for each in self.group.members], ["healthy", "healthy"])
        self.assertEqual(self.cache.resolve(makeQuery()).result.rcode, 0)  # type: ignore[union-attr]
        self.assertEqual((self.cache.entries, len(self.first.asked)), (1, 1))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_answered(self) -> None:
        """What is known without asking is answered as always."""
        daemon = self.chain()
        self.cache.resolve(makeQuery())
        found = self.explained(daemon, dry=True)
        self.assertEqual((found["outcome"], found["steps"][0]["told"]), ("answered", "kept, 300 s left"))

    def test_slow(self) -> None:
        """A stage that waits before it asks is waited for."""

        class Waiting(Stage):
            """Asks a second later."""

            async def resolve(self, query: Any) -> Answer:
                """Wait, and ask."""
                await deferLater(self.reactor, 1, lambda: None)  # type: ignore[arg-type]
                return await self.next(query)

        end = Scripted(records)
        slow = Waiting(AwaitingResolver(end), self.clock)
        daemon = self.daemon(CoroutineGuard(slow), part("upstream", "out", end), part("stage", "slow", slow))
        waiting = ensureDeferred(explain(daemon, name="foo.example.org", dry=True))
        self.assertNoResult(waiting)
        for _ in range(25):
            self.clock.advance(0.05)
        found = self.successResultOf(waiting)
        self.assertEqual([found["outcome"], found["steps"][0]["steps"][0]["outcome"]], ["unasked"] * 2)
        self.assertEqual(end.asked, [])
