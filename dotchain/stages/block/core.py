"""What C{block} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..decidingcore import DecidingCore, Decisions

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...lists.namelist import NameList
    from ...lists.reading import Parsed
    from ...match.word import Word
    from ...node import Node
    from ...wire.answer import Answer
    from ...wire.query import Query
    from .replies import Replies


class Listed:
    """
    One list as it is in use.

    @ivar name: what clients and operators are told of it.
    @ivar entries: how many names, exceptions and expressions it has.
    @ivar skipped: how many of its lines say nothing about names.
    @ivar entry: what stands in a line, for C{explain}, as far as that can be told.
    """

    def __init__(self, name: str, parsed: Parsed, entry: Callable[[int], str]) -> None:
        self.name = name
        self.entry = entry
        self.entries = parsed.entries
        self.skipped = parsed.skipped
        self._firstSkipped = parsed.firstSkipped
        self._names: NameList = parsed.names
        self._exceptions: NameList = parsed.allowed

    @property
    def told(self) -> str:
        """How many names it has, for the log."""
        names = f"{self.entries} name{'s' * (self.entries != 1)}"
        if not self.skipped:
            return names
        first = "the first: " if self.skipped > 1 else ""
        lines = f"{self.skipped} line{'s' * (self.skipped != 1)}"
        return f"{names}, {lines} skipped ({first}line {self._firstSkipped})"

    def blocks(self, name: bytes) -> int:
        """The line that blocks a name; 0 where none does, or the list makes an exception for it."""
        line = self._names.find(name)
        return 0 if line and self._exceptions.find(name) else line

    def allows(self, name: bytes) -> int:
        """The line that allows a name, for lists that allow: there, exceptions mean the same as all else."""
        return self._names.find(name) or self._exceptions.find(name)


class Lists:
    """
    All lists of a stage; each of its cores sees at once what takes the place of another.

    @ivar blocking: those whose names are blocked, the first that has a name counts.
    @ivar allowing: those whose names are not, whatever is blocked.
    """

    def __init__(self, words: tuple[Word, ...]) -> None:
        """@param words: what is allowed without a list."""
        self.blocking: tuple[Listed, ...] = ()
        self.allowing: tuple[Listed, ...] = ()
        self._words = words

    def blocks(self, name: bytes) -> str:
        """The list and the line by which a name is blocked, C{ads.txt, line 12}; nothing where it is not."""
        for each in self.blocking:
            line = each.blocks(name)
            if line:
                return f"{each.name}, line {line}"
        return ""

    def explained(self, name: bytes) -> str:
        """The same with what stands in the line."""
        for each in self.blocking:
            line = each.blocks(name)
            if line:
                return ": ".join(filter(None, (f"{each.name}, line {line}", each.entry(line))))
        return ""

    def allows(self, query: Query) -> str:
        """By what a name is allowed all the same; nothing where it is not."""
        for word in self._words:
            if word.holds(query):
                return f"{word.text} in allow"
        for each in self.allowing:
            line = each.allows(query.key[:-6])
            if line:
                return f"{each.name}, line {line}"
        return ""


class BlockCore(DecidingCore):
    """
    Answers what a list blocks and nothing allows.

    What is allowed is asked for names that are blocked alone: they are few.

    @ivar allowed: queries for names that were blocked, were they not allowed.
    """

    def __init__(self, next: Node, decisions: Decisions, lists: Lists, replies: Replies) -> None:
        super().__init__(next, decisions)
        self._lists = lists
        self._replies = replies
        self.allowed = 0

    def decide(self, query: Query) -> Answer | None:
        """
        See L{DecidingCore.decide}.

        A signature is no way around: it is blocked as all others are, and whoever has signed sees that.
        """
        why = self._lists.blocks(query.key[:-6])
        if not why:
            return None
        if self._lists.allows(query):
            self.allowed += 1
            return None
        return self._replies.to(query, why)
