"""The matches and the words in values of options, whatever stage they are of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .match import Match
from .rules import Rules
from .word import Not, Word


class FoundWord(NamedTuple):
    """
    A word of a match.

    @ivar word: it, without the C{!} before it.
    @ivar negated: whether there is one.
    @ivar line: the line of the file, where it is that of a rule; else 0.
    """

    word: Word
    negated: bool
    line: int


def wordsIn(value: object, line: int = 0) -> Iterator[FoundWord]:
    """All words in a value: a match, rules, and what holds some of them as its elements."""
    if isinstance(value, Match):
        for word in value.words:
            plain = word.word if isinstance(word, Not) else word
            yield FoundWord(plain, plain is not word, line)
    elif isinstance(value, Rules):
        for rule in value.rules:
            yield from wordsIn(rule.match, rule.line)
    elif isinstance(value, tuple | list | set | frozenset | Mapping):
        elements: Iterable[object] = value.values() if isinstance(value, Mapping) else value
        for each in elements:
            yield from wordsIn(each, line)
