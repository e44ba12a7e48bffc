"""The chain as cards in columns: fronts on the left, runs of stages between, upstreams on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Shape = Mapping[str, Any]
"""What C{chain<dotchain.control.chain.chain>} says."""


@dataclass
class Card:
    """
    A front, stages that a query meets one after the other, or an upstream.

    @ivar key: tells it apart; fit for an ID in HTML.
    @ivar role: C{front}, C{stages} or C{upstream}.
    @ivar parts: what is in it, as the shape has it: of a front or an upstream one.
    @ivar to: the cards that are asked behind its last part.
    @ivar branches: for each part, those that it asks in the place of the next one.
    """

    key: str
    role: str
    parts: list[Shape]
    to: list[Card] = field(default_factory=list)
    branches: list[list[Card]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What an arrow to it is called: the first thing that is met there."""
        return str(self.parts[0]["name"])


def columns(shape: Shape) -> list[list[Card]]:
    """The cards, each to the right of all that ask it."""
    cards = _Cards(shape)
    fronts = [cards.front(each) for each in shape["fronts"]]
    depth = {each.key: 0 for each in fronts}
    # No chain leads back to itself; however many cards there are, no way is longer.
    ways = list(fronts)
    for _ in range(len(shape["stages"]) + len(shape["upstreams"]) + 1):
        ways = [each for card in ways for each in _behind(card, depth)]
    made = [*fronts, *cards.made.values()]
    places = range(max(depth.values(), default=-1) + 1)
    return [[each for each in made if depth.get(each.key) == place] for place in places]


def _behind(card: Card, depth: dict[str, int]) -> list[Card]:
    """The cards behind one that are moved to the right of it."""
    following = [*card.to, *(each for branch in card.branches for each in branch)]
    moved = [each for each in following if depth.get(each.key, -1) <= depth[card.key]]
    for each in moved:
        depth[each.key] = depth[card.key] + 1
    return moved


class _Cards:
    """Makes each card once."""

    def __init__(self, shape: Shape) -> None:
        self._parts: dict[str, Shape] = {each["id"]: each for each in (*shape["stages"], *shape["upstreams"])}
        self._heads = _heads(shape)
        self._fronts = 0
        self.made: dict[str, Card] = {}

    def front(self, front: Shape) -> Card:
        """A front, and all that it leads to."""
        card = Card(f"front-{self._fronts}", "front", [front])
        self._fronts += 1
        card.to = self._all(front["asks"])
        return card

    def _all(self, names: Sequence[str]) -> list[Card]:
        return [self._card(each) for each in names if each in self._parts]

    def _card(self, name: str) -> Card:
        if name not in self.made:
            part = self._parts[name]
            role = "upstream" if part["role"] == "upstream" else "stages"
            card = self.made[name] = Card(f"part-{len(self.made)}", role, [part])
            self._fill(card)
        return self.made[name]

    def _fill(self, card: Card) -> None:
        part = card.parts[0]
        if card.role == "upstream":
            card.to = self._all(part["asks"])
            return
        while True:
            following = part["asks"][0] if part["asks"] else ""
            card.branches.append(self._all(part["asks"][1:]))
            ahead = self._parts.get(following)
            if ahead is None or ahead["role"] == "upstream" or following in self._heads:
                card.to = self._all([following])
                return
            part = ahead
            card.parts.append(part)


def _heads(shape: Shape) -> set[str]:
    """What several ask, or a front, or a stage in the place of its next one: there a card begins."""
    asked = [name for front in shape["fronts"] for name in front["asks"]]
    follow = [stage["asks"][0] for stage in shape["stages"] if stage["asks"]]
    branches = [name for stage in shape["stages"] for name in stage["asks"][1:]]
    return {*asked, *branches, *(name for name in follow if follow.count(name) > 1)}
