"""Lists in Adblock's syntax, as far as it is about names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .lines import Lines
from .namelist import BELOW, ITSELF, WITHIN

if TYPE_CHECKING:
    from .entries import Entries

# A rule with any other one holds for some clients, types or parts of a page alone, or answers something else.
_KNOWN: Final = frozenset((b"important", b"match-case", b""))

_OF_URLS: Final = b"/:^"
_BEGIN: Final = {ITSELF: rb"^", WITHIN: rb"(^|\.)", BELOW: rb"\."}


class AdblockLines(Lines):
    """
    C{||name^}: the name and all below it; C{|name^}: it alone; C{/expression/}; with C{@@} before it: an
    exception.

    Wildcards within a name are expressions, too. What is about parts of pages, paths or certain clients is
    skipped.
    """

    def __init__(self) -> None:
        super().__init__("adblock")

    def read(self, line: bytes, entries: Entries) -> None:
        """See L{Lines.read}."""
        allowed = line.startswith(b"@@")
        rule = line[2:] if allowed else line
        if rule.startswith(b"/"):
            taken = _expression(rule, entries, allowed)
        else:
            name, _, modifiers = rule.partition(b"$")
            taken = _known(modifiers) and _name(name, entries, allowed)
        if taken:
            self.taken += 1
        else:
            entries.skip()


def _known(modifiers: bytes) -> bool:
    return _KNOWN.issuperset(modifiers.split(b","))


def _expression(rule: bytes, entries: Entries, allowed: bool) -> bool:
    text, slash, modifiers = rule[1:].rpartition(b"/")
    if not slash or modifiers[:1] not in b"$" or not _known(modifiers[1:]):
        return False
    return entries.takeExpression(text, allowed)


def _name(rule: bytes, entries: Entries, allowed: bool) -> bool:
    """Take a pattern; whether it is about names."""
    if not rule.startswith(b"|"):
        return entries.take(rule, WITHIN, allowed)
    ways = WITHIN if rule.startswith(b"||") else ITSELF
    ended = rule.endswith((b"^", b"|"))
    name = rule.strip(b"|").removesuffix(b"^")
    if ways == WITHIN and name.startswith(b"*."):
        name, ways = name[2:], BELOW
    if b"*" not in name:
        return entries.take(name, ways, allowed)
    return _wildcards(name, ways, ended, entries, allowed)


def _wildcards(name: bytes, ways: int, ended: bool, entries: Entries, allowed: bool) -> bool:
    if not name.strip(b".*") or name.translate(None, _OF_URLS) != name:
        return False
    pattern = rb".*".join([re.escape(each) for each in name.split(b"*")])
    return entries.takeExpression(_BEGIN[ways] + pattern + (rb"$" if ended else b""), allowed)
