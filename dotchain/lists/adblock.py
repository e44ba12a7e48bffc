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
    if rule.startswith(b"||"):
        rule, ways = rule[2:], WITHIN
    elif rule.startswith(b"|"):
        rule, ways = rule[1:], ITSELF
    elif rule.endswith(b"^"):
        return False
    else:
        return entries.take(rule, WITHIN, allowed)
    ended = rule.endswith((b"^", b"^|", b"|"))
    rule = rule.rstrip(b"^|")
    if rule.startswith(b"*.") and ways == WITHIN:
        rule, ways = rule[2:], BELOW
    if b"*" not in rule:
        return entries.take(rule, ways, allowed)
    if rule.translate(None, b".*") == b"" or b"/" in rule or b"^" in rule or b":" in rule:
        return False
    before = rb"^" if ways == ITSELF else rb"(^|\.)" if ways == WITHIN else rb"\."
    pattern = rb".*".join([re.escape(each) for each in rule.split(b"*")])
    return entries.takeExpression(before + pattern + (rb"$" if ended else b""), allowed)
