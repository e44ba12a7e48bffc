"""What C{route} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..node import Node
from ..toll import PASSAGE
from .decidingcore import DecidingCore, Decisions

if TYPE_CHECKING:
    from ..match.rules import Rules
    from ..node import Later
    from ..wire.answer import Answer
    from ..wire.query import Query


class Branch:
    """
    Whom a rule asks.

    @ivar node: this one.
    @ivar replays: whether a front may remember what it answers at once.
    """

    def __init__(self, node: Node, replays: bool) -> None:
        self.node = node
        self.replays = replays


class RouteCore(DecidingCore):
    """
    Asks the branch of the rule that wins, and the next one where none holds.

    @ivar rules: with branches in the place of resolvers.
    """

    def __init__(self, next: Node, decisions: Decisions, rules: Rules) -> None:
        """@param rules: see L{rules}."""
        super().__init__(next, decisions)
        self.rules = rules
        self._passage = PASSAGE

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        match = self._match
        rule = self.rules.find(query) if match is None or match.holds(query) else None
        if rule is None:
            return self._next.resolve(query)
        self.decided += 1
        if self._observed is not None:
            self._observed()
            return self._next.resolve(query)
        branch = rule.what
        assert isinstance(branch, Branch)
        if not branch.replays:
            self._passage.once = True
        return branch.node.resolve(query)
