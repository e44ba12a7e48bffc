"""What a new tree has from the one whose place it takes: all that would be made in the same way again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ..options import Options
from ..shell import StageShell
from ..upstreams.groups.group import Group
from .ini import Section
from .meaning import Meaning

_PLAIN = (bool, int, float, str, bytes, tuple, frozenset, Path)


class Identity:
    """
    What tells a section from another one: its kind and its values, not the lines and words that they stand
    in, nor comments.
    """

    def __init__(self, kind: Any, texts: dict[str, Any], values: dict[str, Any]) -> None:
        self._kind = kind
        self._texts = texts
        self._values = values

    @classmethod
    def of(cls, section: Section, meaning: Meaning, values: dict[str, Any]) -> Identity:
        """That of a section with these values."""
        texts = {key: _text(section, key, meaning.options) for key in meaning.options}
        texts["kind"] = section.kind
        return cls(meaning.kind, texts, dict(values))

    def differing(self, other: Identity) -> list[str]:
        """The keys whose values differ; C{kind} where that is another one."""
        if self._kind is not other._kind:
            return ["kind"]
        keys = {**self._texts, **other._texts}
        given = [key for key in keys if key != "kind" and not self._agrees(other, key)]
        known = {key.replace("-", "_") for key in keys}
        more = {key for key in {**self._values, **other._values} if key not in known}
        return given + sorted(key for key in more if self._values.get(key) != other._values.get(key))

    def rewritten(self, other: Identity) -> list[str]:
        """The same, without those that nobody has written otherwise: what is behind has changed them."""
        return [key for key in self.differing(other) if self._texts.get(key) != other._texts.get(key)]

    def _agrees(self, other: Identity, key: str) -> bool:
        name = key.replace("-", "_")
        if name not in self._values or name not in other._values:
            return False
        mine, others = self._values[name], other._values[name]
        if isinstance(mine, _PLAIN) and isinstance(others, _PLAIN) and not isinstance(mine, tuple):
            # Some that nobody has given depend on what is behind.
            return bool(mine == others)
        return bool(self._texts.get(key) == other._texts.get(key) or mine == others)


def _text(section: Section, key: str, options: Options) -> Any:
    """What a value is read of, without blanks that mean nothing."""
    text = section.values.get(key)
    if text is None:
        default = options[key].default
        return (default if isinstance(default, str) else None), section.folder
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n")), text.folder


class Place(NamedTuple):
    """
    Where a resolver stands in a tree.

    @ivar title: of its section.
    @ivar chain: the name of the chain that it was first found in.
    @ivar asks: the next one, where it has one, and those that its keys name.
    """

    title: str
    chain: str
    identity: Identity
    asks: tuple[Any, ...]


class Made(NamedTuple):
    """
    One resolver of a tree.

    @ivar seen: what others see of it.
    @ivar thing: the stage or upstream itself.
    @ivar guard: what stands before it, where it did not come with dotchain.
    """

    place: Place
    seen: Any
    thing: Any
    guard: Any


class Move(NamedTuple):
    """A resolver that stays, and asks others from now on."""

    thing: Any
    asks: tuple[Any, ...]

    def make(self) -> None:
        """Have it do that."""
        if isinstance(self.thing, Group):
            self.thing.follow(self.asks)
        else:
            self.thing.follow(self.asks[0])


class Reuse:
    """
    Finds in the old tree what stands in the new one.

    @ivar moves: of what was found, those that ask others from now on; nothing has been done to them yet.
    """

    def __init__(self, made: Iterable[Made] = ()) -> None:
        self.moves: list[Move] = []
        self._left: dict[str, list[Made]] = {}
        for each in made:
            self._left.setdefault(each.place.title, []).append(each)

    def take(self, place: Place) -> Made | None:
        """What stood in such a place, or can be put there; each only once."""
        left = self._left.get(place.title, [])
        alike = [each for each in left if not each.place.identity.differing(place.identity)]
        for each in alike:
            if _same(each.place.asks, place.asks):
                left.remove(each)
                return each._replace(place=place)
        for each in alike:
            # What a cache before another upstream keeps is no business of this one.
            if each.place.chain == place.chain and _movable(each, place.asks):
                left.remove(each)
                self.moves.append(Move(each.thing, place.asks))
                return each._replace(place=place)
        return None


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _movable(made: Made, asks: tuple[Any, ...]) -> bool:
    thing, before = made.thing, made.place.asks
    if made.seen is not thing or len(asks) != len(before):
        return False
    if isinstance(thing, Group):
        return thing.mayFollow(asks)
    return isinstance(thing, StageShell) and _same(asks[1:], before[1:]) and thing.mayFollow(asks[0])
