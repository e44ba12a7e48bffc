"""What groups have in common that share queries out by weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ...options import Option, OptionError, Options, items, some
from .group import Group
from .groupcore import GroupCore
from .health import HEALTHY

if TYPE_CHECKING:
    from .member import Member


def weights(text: str) -> dict[str, int]:
    """
    C{a*3 b*2}: what members count for, where that is not 1.

    @raise ValueError: where it is none, or a member stands there twice.
    """
    found: dict[str, int] = {}
    for word in items(text):
        name, star, number = word.rpartition("*")
        if not star or not name:
            raise ValueError(f"{word!r} is no weight such as named*3")
        if name in found:
            raise ValueError(f"{name} stands there twice")
        found[name] = some(number)
    return found


class WeightedCore(GroupCore):
    """
    Knows what each member counts for.

    @ivar weights: of each member.
    """

    weights: Mapping[Member, int]

    def working(self) -> Sequence[Member]:
        """Those that are healthy, among whom the shares are; all where none is."""
        return [each for each in self.members if each.health.state == HEALTHY] or self.members

    def then(self, chosen: Sequence[Member]) -> Sequence[Member]:
        """These first, then all others; now is the time to find out how those are that are not healthy."""
        others = [each for each in self.members if each not in chosen]
        return self.healthyFirst([*chosen, *others])


class Weighted(Group):
    """A group whose members have shares."""

    options: ClassVar[Options] = {
        **Group.options,
        "weights": Option(weights, "", "shares of members that are not 1, such as named*3 knot*2"),
    }

    core: WeightedCore

    def __init__(self, reactor: Any, *, weights: Mapping[str, int], **options: Any) -> None:
        """@raise OptionError: see L{Group}; and for the weight of nobody."""
        super().__init__(reactor, **options)
        names = {member.name for member in self.members}
        for name in weights:
            if name not in names:
                known = ", ".join(sorted(names))
                raise OptionError("weights", f"{name!r} is not in 'over', which has {known}")
        self.core.weights = {member: weights.get(member.name, 1) for member in self.members}
