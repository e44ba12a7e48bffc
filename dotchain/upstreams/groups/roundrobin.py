"""The group C{round-robin}: one after the other, each as often as its weight says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from .weighted import Weighted, WeightedCore

if TYPE_CHECKING:
    from ...wire.query import Query
    from .groupcore import GroupCore
    from .member import Member


class RoundRobinCore(WeightedCore):
    """
    Gives each its turn.

    Each query every member gains its weight, and whoever has most is asked and pays what all gained:
    so turns of a heavy member lie evenly between those of others.
    """

    def __init__(self, *rules: Any) -> None:
        super().__init__(*rules)
        self._gained: dict[Member, int] = dict.fromkeys(self.members, 0)

    def order(self, query: Query) -> Sequence[Member]:
        """Whose turn it is, then those who come next."""
        gained, members = self._gained, self.working()
        for member in members:
            gained[member] += self.weights[member]
        order = sorted(members, key=lambda member: -gained[member])
        gained[order[0]] -= sum(self.weights[member] for member in members)
        return self.then(order)

    def foreseen(self, query: Query) -> Sequence[Member]:
        """See L{GroupCore.foreseen<.groupcore.GroupCore.foreseen>}."""
        before = dict(self._gained)
        try:
            return self.order(query)
        finally:
            self._gained = before


class RoundRobin(Weighted):
    """Ask one upstream after the other, and the next ones where it fails."""

    kind: ClassVar[str] = "round-robin"

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore<.group.Group.makeCore>}."""
        return RoundRobinCore(*rules)
