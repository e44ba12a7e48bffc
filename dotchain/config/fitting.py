"""Which words would be right where a path, or the key of a group, names what is not there."""

from __future__ import annotations

from collections.abc import Container, Mapping

from ..naming import listed
from ..options import REQUIRED, Value
from .hint import close
from .kinds import KindError, Kinds
from .meaning import Meaning
from .section import Section


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

    def hint(self, word: str, owner: Section, roles: tuple[str, ...], there: Container[str]) -> str:
        """
        What was meant by a word that nobody has, if that would be right.

        @param owner: the section that has the word.
        @param roles: the roles that what it names may have.
        @param there: the words that must not stand there again.
        """
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
            words = self._words(waiting.pop())
            following = {self._named[word] for word in words if word in self._named} - seen
            seen |= following
            waiting += following
        return end in seen

    def _words(self, section: Section) -> list[Value]:
        """All words by which a section names others."""
        meaning = self._meanings.get(section)
        found = listed(section.values.get("path", ""))
        for key, reader in meaning.asking.items() if meaning else ():
            found += reader.words(section.values.get(key, ""))
        return found
