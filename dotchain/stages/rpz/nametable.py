"""Which name or wildcard of many is the most specific for a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from .action import Action

if TYPE_CHECKING:
    from mypy_extensions import i64

# A dict that grows is copied: one of a million names would keep all clients waiting for 50 ms.
_SHARDS: Final = 256


def _shardOf(name: bytes) -> i64:
    """Where a name is: by some of its octets, for a tenth of what C{hash} takes in the compiled build."""
    size: i64 = len(name)
    if size < 3:
        return 0
    half, quarter = size >> 1, size >> 2
    first: i64 = name[1]
    last: i64 = name[name[0]]
    middle: i64 = name[half]
    before: i64 = name[half - 1]
    early: i64 = name[quarter]
    late: i64 = name[half + quarter]
    return (first + last * 3 + middle * 5 + before * 7 + early * 11 + late * 13 + size * 17) & 255


class Rule:
    """
    What is done to a name, and to all names below it.

    @ivar exact: to the name itself, or None.
    @ivar below: to names below it, or None.
    """

    __slots__ = ("below", "exact")

    def __init__(self, exact: Action | None, below: Action | None) -> None:
        self.exact = exact
        self.below = below


class NameTable:
    """
    Names in wire form, in lower case, each with what is done to it.

    A name and its wildcard, which most policy zones have side by side, are one entry, and equal entries one
    object: a million take 110 MB.

    @ivar size: how many names there are.
    """

    def __init__(self) -> None:
        self._shards: list[dict[bytes, Rule]] = [{} for _ in range(_SHARDS)]
        self._rules: dict[tuple[Action | None, Action | None], Rule] = {}
        self.size = 0

    def find(self, name: bytes) -> Action | None:
        """What is done to a name: by itself, else by the wildcard that has most labels in common with it."""
        shards = self._shards
        rule = shards[_shardOf(name)].get(name)
        if rule is not None and rule.exact is not None:
            return rule.exact
        offset: i64 = 0
        length: i64
        while length := name[offset]:
            offset += length + 1
            above = name[offset:]
            rule = shards[_shardOf(above)].get(above)
            if rule is not None and rule.below is not None:
                return rule.below
        return None

    def ownerOf(self, name: bytes) -> bytes:
        """Which owner L{find} has found for a name."""
        if self.get(name, False) is not None:
            return name
        offset = 0
        while name[offset]:
            offset += name[offset] + 1
            if self.get(name[offset:], True) is not None:
                return b"\1*" + name[offset:]
        return name

    def get(self, name: bytes, below: bool) -> Action | None:
        """What is done to just this name, or to those below it."""
        rule = self._shards[_shardOf(name)].get(name)
        if rule is None:
            return None
        return rule.below if below else rule.exact

    def put(self, name: bytes, below: bool, action: Action | None) -> None:
        """Have this done from now on; None for nothing."""
        shard = self._shards[_shardOf(name)]
        rule = shard.get(name)
        exact = None if rule is None else rule.exact
        under = None if rule is None else rule.below
        if below:
            under = action
        else:
            exact = action
        if exact is not None or under is not None:
            shard[name] = self._rule(exact, under)
            self.size += rule is None
        elif rule is not None:
            del shard[name]
            self.size -= 1

    def _rule(self, exact: Action | None, below: Action | None) -> Rule:
        if (exact is not None and not exact.shared) or (below is not None and not below.shared):
            return Rule(exact, below)
        rule = self._rules.get((exact, below))
        if rule is None:
            rule = self._rules[exact, below] = Rule(exact, below)
        return rule

    def each(self) -> Iterator[tuple[bytes, bool, Action]]:
        """All there is: name, whether those below it are meant, and the action. It may change meanwhile."""
        for shard in self._shards:
            for name, rule in list(shard.items()):
                if rule.exact is not None:
                    yield name, False, rule.exact
                if rule.below is not None:
                    yield name, True, rule.below

    def clear(self) -> Iterator[None]:
        """Forget all, a part each time: to let go of a million names takes 100 ms."""
        for shard in self._shards:
            shard.clear()
            yield
