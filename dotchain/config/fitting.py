"""Which words would be right where a path, or the key of a group, names what is not there."""

from __future__ import annotations

from collections.abc import Mapping

from ..options import REQUIRED
from .hint import close
from .kinds import KindError, Kinds
from .meaning import Meaning
from .section import Section


def names(text: str) -> list[str]:
    """The words of a list; that commas separate them is told elsewhere."""
    return text.replace(",", " ").replace(";", " ").split()


class Fitting:
    """The words that may be named: sections, and kinds that do with their defaults."""

    def __init__(
        self, named: Mapping[str, Section], meanings: Mapping[Section, Meaning], kinds: Kinds
    ) -> None:
        """
        @param named: the sections that can be named, by their names.
        @param meanings: what they are, as far as that is known.
        """
        self._named = named
        self._meanings = meanings
        self._kinds = kinds

    def hint(self, word: str, owner: Section, key: str, roles: tuple[str, ...]) -> str:
        """
        What was meant by a word that nobody has, if that would be right.

        @param owner: the section whose key has the word.
        @param roles: the roles that what it names may have.
        """
        there = names(owner.values.get(key, ""))
        return close(
            word,
            [*self._named, *self._kinds.names],
            lambda each: each not in there and self._fits(each, owner, roles),
        )

    def _fits(self, word: str, owner: Section, roles: tuple[str, ...]) -> bool:
        found = self._named.get(word)
        if found is not None:
            return found.role in roles and not self._leads(found, owner)
        try:
            kind = self._kinds.find(word)
        except KindError:
            return False
        return kind.role in roles and all(each.default is not REQUIRED for each in kind.options.values())

    def _leads(self, start: Section, end: Section) -> bool:
        """Whether one section leads to another by what they name."""
        waiting, seen = [start], {start}
        while waiting and end not in seen:
            section = waiting.pop()
            meaning = self._meanings.get(section)
            keys = ["path", *(meaning.asking if meaning else ())]
            words = [word for key in keys for word in names(section.values.get(key, ""))]
            following = {self._named[word] for word in words if word in self._named} - seen
            seen |= following
            waiting += following
        return end in seen
