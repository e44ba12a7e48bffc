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
        self._plain: dict[bytes, Rule] = {}
        self._others: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """One more."""
        self.rules.append(rule)
        suffix = rule.match.suffix
        if suffix is None:
            self._others.append(rule)
        else:
            self._plain.setdefault(suffix.name, rule)

    def hiding(self, rule: Rule) -> Rule | None:
        """The one that holds wherever this one does, and wins there: of plain names the longest does."""
        found = self._amongPlain(rule)
        if found is not None:
            return found
        return next((each for each in self._others if rule.match.implies(each.match)), None)

    def _amongPlain(self, rule: Rule) -> Rule | None:
        suffix = rule.match.suffix
        if suffix is not None:
            return self._plain.get(suffix.name)
        # Every name is below the root.
        names = [b"\0", *[word.name for word in rule.match.words if isinstance(word, NameWord)]]
        above = [each for name in names for each in suffixes(name)]
        return next((self._plain[each] for each in above if each in self._plain), None)
