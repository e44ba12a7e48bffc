"""The group C{random}: each query is drawn a member, by weight."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING, Any, ClassVar

from .weighted import Weighted, WeightedCore

if TYPE_CHECKING:
    from ...wire.query import Query
    from .groupcore import GroupCore
    from .member import Member


class RandomCore(WeightedCore):
    """Draws an order in which each is first as often as its weight says."""

    def order(self, query: Query) -> Sequence[Member]:
        """As drawn."""
        return self.then(self.drawn(self.working()))

    def drawn(self, members: Sequence[Member]) -> Sequence[Member]:
        """An order at random: each waits for a time that its weight shortens."""
        if len(members) == 1:
            return members
        waits = {member: -log(1.0 - self.random()) / self.weights[member] for member in members}
        return sorted(members, key=waits.__getitem__)


class Random(Weighted):
    """Ask an upstream that is drawn at random, and the next ones where it fails."""

    kind: ClassVar[str] = "random"

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore<.group.Group.makeCore>}."""
        return RandomCore(*rules)
