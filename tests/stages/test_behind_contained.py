"""Tests of the sections behind a stage: those with a budget."""

from __future__ import annotations

from typing import Any

from dotchain.api import Query, Stage
from dotchain.contract.containment import Containment
from dotchain.contract.guard import guarded
from dotchain.contract.nextwatch import NextWatch
from dotchain.contract.terms import Terms
from dotchain.coroutine import AwaitingResolver, CoroutineGuard
from dotchain.node import Node
from dotchain.stages.behind import behind
from dotchain.stages.types import Types
from dotchain.testing import Scripted, StageCase, both, makeQuery


class Passing(Stage):
    """Passes all on."""

    def resolve(self, query: Query) -> Any:
        """Ask."""
        return self.next(query)


class PassingLater(Stage):
    """The same as a coroutine."""

    async def resolve(self, query: Query) -> Any:
        """Ask."""
        return await self.next(query)


class Noted(Node):
    """Notes what passes."""

    def __init__(self, next: Node, notes: list[str]) -> None:
        self._next = next
        self._notes = notes

    def resolve(self, query: Query) -> Any:
        """See L{Node.resolve}."""
        self._notes.append("passed")
        return self._next.resolve(query)


@both
class ContainedTests(StageCase):
    """Behind stages whose sections have budget or on-error."""

    def contained(self, kind: type[Any], next: Any) -> Any:
        """A contained stage."""
        watch = NextWatch(next)
        if kind is Types:
            stage: Any = Types(watch, self.clock, empty=frozenset([65]))
            stage.section = "stage types"
            return Containment(stage, watch, Terms(1.0), "stage types", self.clock, self.clock.seconds)
        stage = kind(AwaitingResolver(watch) if kind is PassingLater else watch, self.clock)
        stage.section = "stage mine"
        guard = (CoroutineGuard if kind is PassingLater else guarded)(stage, "stage mine")
        return Containment(guard, watch, Terms(1.0), "stage mine", self.clock, self.clock.seconds)

    def test_seenThrough(self) -> None:
        """They are sections like others, and nodes can be put before and behind them, and taken away."""
        for kind in (Types, Passing, PassingLater):
            end: Scripted = self.scripted("")
            middle = self.contained(kind, end)
            first = self.contained(Passing, middle)
            sections = list(behind(first.part))
            title = "stage types" if kind is Types else "stage mine"
            self.assertEqual([each.title for each in sections], [title, "Scripted"])
            notes: list[str] = []
            for each in sections:
                each.put(lambda node: Noted(node, notes))  # noqa: B023 - called at once
            self.settled(first.resolve(makeQuery("www.example.org")), end)
            self.assertEqual(len(notes), 2)
            for each in reversed(sections):
                each.take()
            self.settled(first.resolve(makeQuery("www.example.org")), end)
            self.assertEqual((len(notes), len(end.asked)), (2, 2))
