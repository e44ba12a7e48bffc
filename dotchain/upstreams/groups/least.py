"""The group C{least}: whoever has the fewest queries to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from .lottery import RandomCore
from .weighted import Weighted

if TYPE_CHECKING:
    from ...wire.query import Query
    from .groupcore import GroupCore
    from .member import Member


class LeastCore(RandomCore):
    """Orders members by the queries that they owe an answer, for their weight; equals are drawn."""

    def order(self, query: Query) -> Sequence[Member]:
        """The idlest first."""
        drawn = self.drawn(self.working())
        return self.then(sorted(drawn, key=lambda member: member.out / self.weights[member]))


class Least(Weighted):
    """Ask the upstream with the fewest queries in flight, and the next ones where it fails."""

    kind: ClassVar[str] = "least"

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore<.group.Group.makeCore>}."""
        return LeastCore(*rules)
