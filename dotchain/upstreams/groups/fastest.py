"""The group C{fastest}: whoever has answered fastest of late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ...options import Option, OptionError, Options, whole
from .group import Group
from .groupcore import GroupCore

if TYPE_CHECKING:
    from ...wire.query import Query
    from .member import Member


class FastestCore(GroupCore):
    """
    Orders members by their pace.

    @ivar explore: the part of all queries that goes to another one first.
    """

    explore = 0.0

    def order(self, query: Query) -> Sequence[Member]:
        """By pace; now and then with another one first."""
        now = self.now()
        members = sorted(self.members, key=lambda member: member.seems(now))
        if len(members) > 1 and self.random() < self.explore:
            members.insert(0, members.pop(1 + int(self.random() * (len(members) - 1))))
        return self.healthyFirst(members)

    def learn(self, member: Member, took: float | None) -> None:
        """An answer's time, or a failure's."""
        member.learn(self.patience if took is None else took)


class Fastest(Group):
    """
    Ask the upstream that has answered fastest of late, and the next ones where it fails.

    Some queries go to another one, drawn at random, so that what has changed is found
    out. A failure, or silence, counts as an answer that took C{patience}; one that owes
    an answer is as slow as it is silent, so a sudden stop is noticed at once.
    """

    kind: ClassVar[str] = "fastest"
    options: ClassVar[Options] = {
        **Group.options,
        "explore": Option(whole, "5", "queries in a hundred that go to another one, to learn its pace"),
    }

    core: FastestCore

    def __init__(self, reactor: Any, *, explore: int, **options: Any) -> None:
        """@raise OptionError: see L{Group}; and where more than all are to explore."""
        super().__init__(reactor, **options)
        if explore > 100:
            raise OptionError("explore", "is in percent, so 100 at the most")
        self.core.explore = explore / 100

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore}."""
        return FastestCore(*rules)
