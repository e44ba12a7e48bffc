"""The word about lists of names in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .word import Word

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from ..lists.listfile import ListFile
    from ..lists.reading import Parsed
    from ..wire.query import Query


class ListWord(Word):
    """
    The name is in a list, and no exception of it: C{list:ads.txt}.

    @ivar file: where the list is.
    """

    def __init__(self, text: str, file: ListFile, list: Parsed) -> None:
        super().__init__(text)
        self.file = file
        self.use(list)

    def use(self, list: Parsed) -> None:
        """Go by this list from now on."""
        self._names = list.names
        self._allowed = list.allowed

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return self.find(query.key[:-6]) != 0

    def find(self, name: bytes) -> int:
        """
        The line of the list that a name is in; 0 for none, and for an exception.

        @param name: in wire form, in lower case.
        """
        line = self._names.find(name)
        return line if line and not self._allowed.find(name) else 0


def reloading(words: Iterable[ListWord]) -> Generator[None, None, None]:
    """
    Read the lists of some words anew, in steps of a millisecond or two: all of them take the place of the old
    ones, or none.

    @raise ValueError: where one can't be read, with its file and line.
    """
    read: list[tuple[ListWord, Parsed]] = []
    for word in words:
        parsed = yield from word.file.reading()
        read.append((word, parsed))
    for word, parsed in read:
        word.use(parsed)
