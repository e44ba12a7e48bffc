"""Rules: matches, each with what is to be done where it is the first that holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..wire.depth import depth, has, having
from .listed import ListWord
from .match import Match

if TYPE_CHECKING:
    from mypy_extensions import i64

    from ..wire.query import Query


class Rule:
    """
    C{MATCH -> WHAT}.

    @ivar match: where it holds.
    @ivar what: what is to be done there, as the stage has read it.
    @ivar text: as it was written.
    @ivar line: its line in the file.
    """

    def __init__(self, match: Match, what: object, text: str, line: int) -> None:
        self.match = match
        self.what = what
        self.text = text
        self.line = line


class Rules:
    """
    Some rules in the order of the file: the first that holds wins, but of plain names the longest does.

    Plain names are found in a dict, a label at a time, however many there are.

    @ivar rules: these.
    @ivar ofClient: whether any of them depends on who asks.
    @ivar ofQuestion: whether any of them depends on anything else.
    """

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self.ofClient = any(each.match.ofClient for each in rules)
        self.ofQuestion = any(each.match.ofQuestion for each in rules)
        # By name, the rule for it, and the place of the first one for it or a name above it.
        self._names: dict[bytes, Rule] = {}
        self._first: dict[bytes, int] = {}
        # How deep these are.
        self._depths: i64 = 0
        self._others: list[tuple[int, Rule]] = []
        for index, rule in enumerate(self.rules):
            suffix = rule.match.suffix
            if suffix is None:
                self._others.append((index, rule))
            else:
                self._names.setdefault(suffix.name, rule)
                self._first.setdefault(suffix.name, index)
                self._depths = having(self._depths, depth(suffix.name))
        own = dict(self._first)
        for name in own:
            self._first[name] = min([own[each] for each in suffixes(name) if each in own])

    @property
    def lists(self) -> list[ListWord]:
        """Their words about lists, which can be read anew."""
        return [each for rule in self.rules for each in rule.match.lists]

    def find(self, query: Query) -> Rule | None:
        """The rule that wins, or None where none holds."""
        named = self._named(query.key[:-6]) if self._names else None
        before = len(self.rules) if named is None else self._first[named]
        for index, rule in self._others:
            if index > before:
                break
            if rule.match.holds(query):
                return rule
        return None if named is None else self._names[named]

    def sort(self, query: Query) -> tuple[bytes | None, tuple[int, ...]]:
        """What of a question counts: of two that have the same the same rule wins, whoever asks both."""
        named = self._named(query.key[:-6]) if self._names else None
        return named, tuple([index for index, rule in self._others if rule.match.mayHold(query)])

    def _named(self, name: bytes) -> bytes | None:
        """The longest of the plain names that a name is in; the root is one, too."""
        names, depths, left = self._names, self._depths, depth(name)
        offset: i64 = 0
        while True:
            if has(depths, left):
                suffix = name[offset:]
                if suffix in names:
                    return suffix
            length: i64 = name[offset]
            if not length:
                return None
            offset += length + 1
            left -= 1


def suffixes(name: bytes) -> list[bytes]:
    """A name and all above it, the root included."""
    found = []
    offset = 0
    while True:
        found.append(name[offset:])
        if not name[offset]:
            return found
        offset += name[offset] + 1
