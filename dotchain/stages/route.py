"""The stage C{route}: some questions go another way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..api import REQUIRED, Option, OptionError, Options, routes
from ..contract.guard import coreOf
from .deciding import DECIDING, Deciding
from .routecore import Branch, RouteCore
from .routerelay import RouteRelay

if TYPE_CHECKING:
    from ..api import IResolver, Match, Query, Reactor, Rules
    from ..match.listed import ListWord
    from ..node import Node


class Route(Deciding):
    """
    Ask chains and upstreams by rules: split DNS, conditional forwarding, branches for some clients.

    @ivar rules: with the resolvers that are asked.
    """

    kind = "route"
    options: ClassVar[Options] = {
        "rules": Option(
            routes,
            REQUIRED,
            "lines of MATCH -> CHAIN or UPSTREAM: whom to ask where it holds; of plain names, the longest",
        ),
        **DECIDING,
    }
    rules: Rules

    def __init__(self, next: IResolver, reactor: Reactor, *, rules: Rules, **options: Any) -> None:
        """@raise OptionError: where there is no rule."""
        super().__init__(next, reactor, **options)
        if not rules.rules:
            raise OptionError("rules", "is empty; write lines such as corp.example -> office")
        self.rules = rules
        branches = [each.what for each in rules.rules]
        # Of branches that don't, each answer says so.
        self.replays = self.replays and not rules.ofClient
        self.core: RouteCore = self.coreBefore(coreOf(next))
        everyone = (next, *branches)
        if any(getattr(each, "relay", None) is not None for each in everyone):
            self.relay = RouteRelay(lambda query: self._branch(query) or next, everyone)

    def coreBefore(self, next: Node) -> RouteCore:
        """See L{StageShell.coreBefore}."""
        return RouteCore(next, self.decisions, routes.through(self.rules, _branchOf))

    @property
    def branches(self) -> Sequence[tuple[Any, Any]]:
        """See L{StageShell.branches}."""
        mine, cores = self.rules.rules, self.core.rules.rules
        return [(rule.what, core.what) for rule, core in zip(mine, cores, strict=True)]

    def _branch(self, query: Query) -> Any:
        """Who is asked in the place of the next one, if anybody is."""
        applies = self.mode == "enforce" and self.match.holds(query)
        rule = self.rules.find(query) if applies else None
        return rule and rule.what

    def listWords(self) -> Sequence[ListWord]:
        """See L{Deciding.listWords}."""
        return [*super().listWords(), *self.rules.lists]

    def matches(self) -> Iterator[tuple[str, int, Match]]:
        """See L{Deciding.matches}."""
        yield from super().matches()
        for each in self.rules.rules:
            yield "rules", each.line, each.match

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        rule = self.rules.find(query)
        return f"{' '.join(rule.text.split())} (line {rule.line})" if rule else ""


def _branchOf(resolver: Any) -> Branch:
    return Branch(coreOf(resolver), getattr(resolver, "replays", False))
