"""A match: words that must all hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .listed import ListWord
from .names import WITHIN, NameWord
from .word import Not, Word

if TYPE_CHECKING:
    from ..wire.query import Query


class Match:
    """
    Words that must all hold; without any it holds always.

    @ivar words: these.
    @ivar ofClient: whether it depends on who asks.
    @ivar ofQuestion: whether it depends on anything else.
    """

    def __init__(self, words: tuple[Word, ...] = ()) -> None:
        self.words = words
        self.ofClient = any(each.ofClient for each in words)
        self.ofQuestion = not all(each.ofClient for each in words)

    @property
    def text(self) -> str:
        """As it was written."""
        return " ".join([each.text for each in self.words])

    @property
    def suffix(self) -> NameWord | None:
        """The name, where it is nothing but a name with what is below it."""
        first = self.words[0] if len(self.words) == 1 else None
        return first if isinstance(first, NameWord) and first.way == WITHIN else None

    @property
    def lists(self) -> list[ListWord]:
        """
        Its words about lists, which can be read anew: see L{reloading<dotchain.match.listed.reloading>}.
        """
        plain = [each.word if isinstance(each, Not) else each for each in self.words]
        return [each for each in plain if isinstance(each, ListWord)]

    def holds(self, query: Query) -> bool:
        """Whether it holds for a query."""
        for each in self.words:  # noqa: SIM110 - compiled, a loop takes a third of a generator
            if not each.holds(query):
                return False
        return True

    def mayHold(self, query: Query) -> bool:
        """Whether it holds for this question where the right client asks it."""
        for each in self.words:  # noqa: SIM110 - as above
            if not each.ofClient and not each.holds(query):
                return False
        return True

    def implies(self, other: Match) -> bool:
        """Whether the other one holds wherever this one does, as far as that can be told."""
        asked = [each for each in other.words if not each.always]
        return all(any(mine.implies(each) for mine in self.words) for each in asked)

    def contradiction(self) -> tuple[Word, Word] | None:
        """Two words that never hold together."""
        for index, each in enumerate(self.words):
            for other in self.words[index + 1 :]:
                if each.excludes(other) or other.excludes(each):
                    return each, other
        return None
