"""Rules that never win, since another one before them does."""

from __future__ import annotations

from .names import NameWord
from .rules import Rule, suffixes


class Earlier:
    """
    The rules so far. Plain names, of which there may be thousands, are looked up.

    @ivar rules: these, in their order.
    """

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        # Each with its place among all.
        self._plain: dict[bytes, tuple[int, Rule]] = {}
        self._others: list[tuple[int, Rule]] = []

    def add(self, rule: Rule) -> None:
        """One more."""
        placed = len(self.rules), rule
        self.rules.append(rule)
        suffix = rule.match.suffix
        if suffix is None:
            self._others.append(placed)
        else:
            self._plain.setdefault(suffix.name, placed)

    def hiding(self, rule: Rule) -> Rule | None:
        """The one that holds wherever this one does, and wins there: of plain names the longest does."""
        found = self._amongPlain(rule)
        if found is not None:
            return found
        before = self._before(rule)
        others = [each for index, each in self._others if index < before]
        return next((each for each in others if rule.match.implies(each.match)), None)

    def _before(self, rule: Rule) -> int:
        """Where those end that are asked before this one: at the first plain name for it or above it."""
        suffix = rule.match.suffix
        above = [] if suffix is None else [each for each in suffixes(suffix.name) if each in self._plain]
        return min([self._plain[each][0] for each in above], default=len(self.rules))

    def _amongPlain(self, rule: Rule) -> Rule | None:
        suffix = rule.match.suffix
        if suffix is not None:
            found = [suffix.name]
        else:
            # Every name is below the root.
            names = [b"\0", *[word.name for word in rule.match.words if isinstance(word, NameWord)]]
            found = [each for name in names for each in suffixes(name)]
        return next((self._plain[each][1] for each in found if each in self._plain), None)
