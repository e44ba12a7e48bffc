"""Words about the name that is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .word import Not, Word

if TYPE_CHECKING:
    from ..wire.query import Query

BELOW, EXACTLY, WITHIN = "*.", "=", ""
"""How a name is written that others are below, that is meant alone, or both."""


def isBelow(name: bytes, above: bytes) -> bool:
    """Whether a name is below another one, label by label; both in wire form and lower case."""
    rest = len(name) - len(above)
    if rest <= 0 or not name.endswith(above):
        return False
    # Octets within a label may look like a name.
    offset = 0
    while offset < rest:
        offset += name[offset] + 1
    return offset == rest


class NameWord(Word):
    """
    A name and what is below it: C{example.org}; that name alone: C{=www.example.org}; what is below alone:
    C{*.example.org}.

    @ivar name: the name in wire form, in lower case.
    @ivar way: L{WITHIN}, L{EXACTLY} or L{BELOW}.
    """

    def __init__(self, text: str, name: bytes, way: str) -> None:
        super().__init__(text, always=name == b"\0" and way == WITHIN)
        self.name = name
        self.way = way

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return self._has(query.key[:-6])

    def _has(self, name: bytes) -> bool:
        if name == self.name:
            return self.way != BELOW
        return self.way != EXACTLY and isBelow(name, self.name)

    def implies(self, other: Word) -> bool:
        """See L{Word.implies}."""
        if isinstance(other, NameWord):
            if self.way == EXACTLY:
                return other._has(self.name)
            if other.way == EXACTLY:
                return False
            if self.name == other.name:
                return self.way == BELOW or other.way == WITHIN
            return isBelow(self.name, other.name)
        return isinstance(other, Not) and self.excludes(other.word)

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}."""
        if not isinstance(other, NameWord):
            return isinstance(other, Not) and self.implies(other.word)
        if self.way == EXACTLY:
            return not other._has(self.name)
        if other.way == EXACTLY:
            return not self._has(other.name)
        return not (
            self.name == other.name or isBelow(self.name, other.name) or isBelow(other.name, self.name)
        )


class ExpressionWord(Word):
    """A regular expression that finds something in the name, folded and without the final dot."""

    def __init__(self, text: str, expression: re.Pattern[str]) -> None:
        super().__init__(text)
        self._search = expression.search

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return self._search(nameText(query.key[:-6])) is not None


def nameText(name: bytes) -> str:
    """
    A name in presentation form, without the final dot; the root is C{.}.

    @param name: in wire form.
    """
    if len(name) == 1:
        return "."
    labels = []
    offset = 0
    while length := name[offset]:
        offset += 1
        labels.append(_escaped(name[offset : offset + length]))
        offset += length
    return ".".join(labels)


_PLAIN = re.compile(rb"[a-z0-9_-]+", re.IGNORECASE).fullmatch
_MEANT = b'."();@$\\'


def _escaped(label: bytes) -> str:
    if _PLAIN(label) is not None:
        return label.decode()
    return "".join(
        f"\\{chr(each)}" if each in _MEANT else chr(each) if 32 < each < 127 else f"\\{each:03d}"
        for each in label
    )
