"""Stages that do what they must not, in a section that says what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from dotchain.api import Answer, Query, Stage, then
from dotchain.contract.containment import Containment
from dotchain.contract.guard import guarded
from dotchain.contract.nextwatch import NextWatch
from dotchain.contract.terms import Terms
from dotchain.coroutine import AwaitingResolver, CoroutineGuard
from dotchain.testing import StageCase, makeQuery

Act = Callable[[Any, Query], Any]


class Acting(Stage):
    """Does what a test says."""

    act: Act

    def resolve(self, query: Query) -> Any:
        """Do it."""
        return self.act(self, query)


class ActingLater(Acting):
    """The same as a coroutine, which awaits whatever can be."""

    async def resolve(self, query: Query) -> Any:
        """Do it."""
        found = self.act(self, query)
        return await found if isinstance(found, Deferred) else found


class ContainmentCase(StageCase):
    """
    Makes contained stages.

    @ivar stage: the one that was made last.
    @ivar contained: what others see of it.
    """

    WWW = "www.example.org. 300 IN A 192.0.2.1"
    kinds: tuple[type[Acting], ...] = (Acting, ActingLater)

    def contain(
        self,
        act: Act,
        *script: Any,
        kind: type[Acting] = Acting,
        budget: float | None = None,
        on: str = "pass",
    ) -> Containment:
        """A stage that does this, before a next resolver that says that."""
        self.next = self.scripted(*script or (self.WWW,))
        watch = NextWatch(self.next)
        awaits = kind is ActingLater
        self.stage = kind(AwaitingResolver(watch) if awaits else watch, self.clock)
        self.stage.act = act
        guard = (CoroutineGuard if awaits else guarded)(self.stage, "stage quiet")
        seconds = self.clock.seconds
        self.contained = Containment(guard, watch, Terms(budget, on), "stage quiet", self.clock, seconds)
        return self.contained

    def asking(self, contained: Containment, query: Query | None = None) -> Deferred[Answer]:
        """A query of a client's, under way."""
        outcomes: Deferred[Answer] = Deferred()
        result = contained.resolve(query or makeQuery("www.example.org"))
        if isinstance(result, Deferred):
            return result
        outcomes.callback(result)
        return outcomes

    def ended(self, result: Deferred[Answer]) -> Answer:
        """The answer that a query has by now, once next has said all."""
        self.next.fireAll()
        found: Answer = self.successResultOf(result)
        return found

    def counts(self) -> tuple[int, int, int]:
        """Errors, queries over budget and those that went past."""
        each = self.contained
        return each.errors, each.overBudget, each.bypassed


def passing(stage: Any, query: Query) -> Any:
    """Ask the next one."""
    return stage.next(query)


def silent(stage: Any, query: Query) -> Any:
    """Never answer."""
    return Deferred()


def raising(error: BaseException) -> Act:
    """Raise that."""

    def act(stage: Any, query: Query) -> Any:
        raise error

    return act


def giving(value: object) -> Act:
    """Return that."""
    return lambda stage, query: value


def after(error: BaseException) -> Act:
    """Ask the next one, and raise that once it has answered."""

    def raised(answer: Answer) -> Answer:
        raise error

    return lambda stage, query: then(stage.next(query), raised)
