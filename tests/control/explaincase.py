"""Chains that are explained, and the stages and upstreams in them."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from dotchain.api import REQUIRED, Option, Options, Upstream, rescue, resolver, routes, upstreams
from dotchain.config.build import Part
from dotchain.control.explain import explain
from dotchain.resolver import ResolveError, Stage
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.testing import Scripted, makeAnswer
from dotchain.wire import Answer

from .controlcase import ControlCase, part


class Slow(Stage):
    """A stage that waits for its next one."""

    async def resolve(self, query: Any) -> Answer:
        """Ask."""
        return await self.next(query)


class Twice(Stage):
    """A stage that asks twice."""

    def resolve(self, query: Any) -> Any:
        """Ask."""
        self.next(query)
        return self.next(query)


class Asking(Stage):
    """A stage that asks all whom it knows by its options, else the next one."""

    options: ClassVar[Options] = {
        "to": Option(resolver, None, "one"),
        "over": Option(upstreams, None, "some"),
        "rules": Option(routes, "", "others"),
    }
    to: Any = None
    over: Any = None
    rules: Any = None

    def resolve(self, query: Any) -> Any:
        """Ask."""
        found = self.rules.find(query) if self.rules else None
        others = [
            *(self.over or {}).values(),
            *([found.what] if found else ()),
            *([self.to] if self.to else ()),
        ]
        return [each.resolve(query) for each in others][-1] if others else self.next(query)


class InTurn(Upstream):
    """A group that asks one after the other."""

    options: ClassVar[Options] = {"over": Option(upstreams, REQUIRED, "some")}
    over: Any

    def resolve(self, query: Any) -> Any:
        """Ask."""
        first, second = self.over.values()
        return rescue(first.resolve(query), lambda _: second.resolve(query))


class InTurnLater(InTurn):
    """The same as a coroutine."""

    async def resolve(self, query: Any) -> Answer:
        """Ask."""
        first, second = self.over.values()
        try:
            return cast("Answer", await first.resolve(query))
        except ResolveError:
            return cast("Answer", await second.resolve(query))


class Broken(Stage):
    """A stage with a bug."""

    def resolve(self, query: Any) -> Any:
        """Raise."""
        raise KeyError("secret.example.org")


class Blocking(Stage):
    """A stage that keeps all others waiting."""

    reactor: Any

    def resolve(self, query: Any) -> Any:
        """Take some time."""
        self.reactor.advance(0.603)
        return self.next(query)


def records(query: Any) -> Answer:
    """An answer with one record."""
    return makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1")


class ExplainCase(ControlCase):
    """Explains what chains do."""

    def daemon(self, first: Any, *others: Part, **options: Any) -> Any:
        """A daemon with one front."""
        front = self.front("lan", first, **options)
        return self.running(part("front", "lan", front), *others)

    def explained(self, daemon: Any, **said: Any) -> Any:
        """The result."""
        return self.result(explain(daemon, **{"name": "foo.example.org", **said}))

    def chain(self, *script: Any, later: bool = False) -> Any:
        """A cache, a coalesce and an upstream that follows a script."""
        self.end = Scripted(*(script or (records,)), later=later)
        self.coalesce = Coalesce(self.end, self.clock)
        self.cache = Cache(self.coalesce, self.clock, now=self.clock.seconds)
        return self.daemon(
            self.cache,
            part("upstream", "out", self.end),
            part("stage", "coalesce", self.coalesce),
            part("stage", "cache", self.cache),
        )

    def way(self, found: Any) -> list[tuple[str, str]]:
        """The names and outcomes of all steps, the front's first."""
        return [
            (found["name"], found["outcome"]),
            *(each for step in found["steps"] for each in self.way(step)),
        ]
