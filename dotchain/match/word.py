"""One word of a match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..compiled import mypyc_attr

if TYPE_CHECKING:
    from ..wire.query import Query


@mypyc_attr(allow_interpreted_subclasses=True)
class Word:
    """
    What holds for some queries.

    @ivar text: as it was written.
    @ivar ofClient: whether it depends on who asks, so that no front may remember what comes of it.
    @ivar always: whether it holds for every query, as far as that can be told.
    """

    def __init__(self, text: str, ofClient: bool = False, always: bool = False) -> None:
        self.text = text
        self.ofClient = ofClient
        self.always = always

    def holds(self, query: Query) -> bool:
        """Whether it holds for a query."""
        return True

    def implies(self, other: Word) -> bool:
        """Whether the other one holds wherever this one does, as far as that can be told."""
        return self.text == other.text

    def excludes(self, other: Word) -> bool:
        """Whether there is no query for which both hold, as far as that can be told."""
        return isinstance(other, Not) and other.word.text == self.text


class Not(Word):
    """
    The contrary of another word.

    @ivar word: that other one.
    """

    def __init__(self, word: Word) -> None:
        super().__init__(f"!{word.text}", word.ofClient)
        self.word = word

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return not self.word.holds(query)

    def implies(self, other: Word) -> bool:
        """See L{Word.implies}: what lies outside of more lies outside of less."""
        if isinstance(other, Not):
            return other.word.implies(self.word)
        return False

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}: what is within what must not be."""
        return not isinstance(other, Not) and other.implies(self.word)
