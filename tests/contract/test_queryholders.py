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
from dotchain.testing import makeQuery
from dotchain.wire import Answer, Query

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
            each.waiting[query] = Deferred[Answer]()

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
