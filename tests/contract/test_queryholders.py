"""Who is to blame where an answer never comes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.build import Part
from dotchain.config.ini import Section
from dotchain.contract.guard import Guard
from dotchain.contract.queryholders import QueryHolders
from dotchain.node import Later
from dotchain.resolver import Result, Stage
from dotchain.testing import makeQuery
from dotchain.wire import Answer, Query

from ..configs import ConfigCase
from ..fronts.loop import logged

FOO, BAR = makeQuery("foo.example.org."), makeQuery("bar.example.org.")


class QueryHoldersTests(SynchronousTestCase):
    """L{QueryHolders}."""

    def setUp(self) -> None:
        """A chain of three: a asks b, who asks c."""
        self.clock = Clock()
        stage: Any = SimpleNamespace(resolve=None)
        self.c, self.b, self.a = (Guard(stage, f"stage {name}") for name in "cba")
        self.held: list[Query] = []
        upstream = SimpleNamespace(pendingQueries=SimpleNamespace(all=self.pendingQueries))
        parts = [Part(Section("upstream", "out", 1, Path()), upstream)]
        self.holders = QueryHolders([self.c, self.b, self.a], parts, self.clock.seconds)
        self.events = logged(self)

    def pendingQueries(self) -> list[Any]:
        """What the upstream has to answer."""
        return [SimpleNamespace(query=query) for query in self.held]

    def told(self, query: Query) -> str:
        """Who is said not to have answered it."""
        self.holders.tell(query, 4.75)
        return str(self.events[-1]["who"])

    def hold(self, query: Query, *guards: Guard) -> None:
        """They have to answer it."""
        for each in guards:
            each.core.waiting[query] = Later(query)

    def test_last(self) -> None:
        """Of all who have not answered the last one asked is to blame, for the others wait for him."""
        self.hold(FOO, self.a, self.b)
        self.assertIs(self.holders.holder(FOO), self.b)
        self.assertEqual(self.told(FOO), "stage b")

    def test_upstream(self) -> None:
        """Where an upstream over the network has it, no stage is to blame."""
        self.hold(FOO, self.a, self.b)
        self.held.append(FOO)
        self.assertEqual(self.told(FOO), "upstream out")

    def test_equal(self) -> None:
        """Who waits for the answer to an equal query waits for whoever has that."""
        self.hold(FOO, self.a, self.b)
        same = makeQuery("foo.example.org.", identity=7)
        self.hold(same, self.a)
        self.assertEqual(self.told(same), "stage b")

    def test_changed(self) -> None:
        """Where it was asked on as another one, all who have something to answer may be to blame."""
        self.hold(BAR, self.b)
        self.assertEqual(self.told(FOO), "stage b")
        self.hold(BAR, self.c)
        self.clock.advance(61)
        self.assertEqual(self.told(FOO), "one of stage c, stage b")

    def test_nobody(self) -> None:
        """Else all that can be told is that the chain has not answered."""
        self.assertEqual(self.told(FOO), "the chain")

    def test_seldom(self) -> None:
        """Each is told of once a minute."""
        self.hold(FOO, self.b)
        self.hold(BAR, self.c)
        for query in (FOO, BAR) * 5:
            self.holders.tell(query, 4.75)
        self.assertEqual([event["who"] for event in self.events], ["stage b", "stage c"])

    def test_otherChain(self) -> None:
        """Who can't have been asked is not to blame, though he holds an equal query or answers somebody."""
        d = Guard(SimpleNamespace(resolve=None), "stage d")
        behind = {self.a: (self.b,), self.b: (self.c,)}
        self.holders = QueryHolders([self.c, self.b, self.a, d], now=self.clock.seconds, behind=behind)
        self.hold(FOO, d)
        self.hold(makeQuery("foo.example.org.", identity=7), self.c)
        self.assertEqual(self.told(FOO), "stage d")
        same = makeQuery("foo.example.org.", identity=8)
        self.hold(same, self.a)
        self.assertEqual(self.told(same), "stage c")
        self.holders.tell(BAR, 4.75, d)
        self.assertEqual(len(self.events), 2)
        self.clock.advance(61)
        self.holders.tell(BAR, 4.75, d)
        self.assertEqual(self.events[-1]["who"], "stage d")

    def test_same(self) -> None:
        """One who is found for two who asked is told of once."""
        for query, guard in ((FOO, self.a), (BAR, self.b)):
            self.hold(query, guard)
            self.hold(makeQuery(query.name.to_text(), identity=9), self.c)
        for query in (FOO, BAR):
            self.holders.tell(query, 4.75)
        self.assertEqual([event["who"] for event in self.events], ["stage c"])


class Silent(Stage):
    """Never answers, and takes no end of it."""

    def resolve(self, query: Query) -> Result:
        """Wait, and go on to."""
        return Deferred[Answer]().addErrback(lambda failure: Deferred[Answer]())


class Other(Silent):
    """Another one."""


CHAINS = """
[front a]
listen = udp://127.0.0.1:5300
chain = a
[front b]
listen = udp://127.0.0.1:5301
chain = b
[chain a]
path = cache one end
[chain b]
path = tests.contract.test_queryholders.Other spread
[stage one]
kind = tests.contract.test_queryholders.Silent
[upstream end]
address = udp://192.0.2.1
[upstream spread]
kind = spread
over = end far
[upstream far]
address = udp://192.0.2.2
"""


class TreeTests(ConfigCase):
    """Who is told of where two fronts have a chain each."""

    def test_fronts(self) -> None:
        """Both were asked for the same name: each front blames its own stage, and no upstream."""
        events = logged(self)
        tree = self.load(CHAINS)
        responders = [part.thing.responders["udp"] for part in tree.fronts]
        queries = [makeQuery(identity=number) for number in range(2)]
        results = [responder.resolve(query) for responder, query in zip(responders, queries, strict=True)]
        for responder, query in [*zip(responders, queries, strict=True)][::-1] * 2:
            responder.late(query)
        found = [event["who"] for event in events if "who" in event]
        self.assertEqual(found, ["stage tests.contract.test_queryholders.Other", "stage one"])
        for result in results:
            assert isinstance(result, Later)
            result.cancel()
        self.assertEqual([guard.waiting for guard in self.guards(tree)], [{}, {}])

    def guards(self, tree: Any) -> list[Guard]:
        """Those before both stages."""
        (cache,) = self.named(tree, "cache")
        return [tree.fronts[1].thing.resolver, cache.next.__self__]
