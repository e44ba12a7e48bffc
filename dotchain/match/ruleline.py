"""The two sides of a rule's line, and what is wrong where it has no arrow between them."""

from __future__ import annotations

import re

# What is written in the place of an arrow.
_HYPHENS = re.compile(r"(?<!-)-+>+")
_OTHERS = re.compile(r"(?<!=)=+>|-\s+>|[\u2013\u2014\u2212]>|[\u2192\u21d2]|>")


def sides(line: str) -> tuple[str, str]:
    """
    What stands before the arrow, and behind it.

    @raise ValueError: where there is no arrow, more than one, or nothing beside it.
    """
    found = _HYPHENS.search(line)
    before, arrow, behind = (
        (line[: found.start()], found[0], line[found.end() :]) if found else (line, "", "")
    )
    strange = _strange(before, bool(found)) or (arrow if arrow != "->" else "")
    if strange:
        raise ValueError(f"{line!r}: the arrow is '->', and not {strange!r}")
    if not arrow:
        raise ValueError(f"{line!r} has no arrow '->': it is no rule such as example.org -> office")
    if not before.strip():
        raise ValueError(f"{line!r} has no match before the arrow; '.' is every name")
    if not behind.strip():
        raise ValueError(f"{line!r} has nothing behind the arrow")
    if '"' not in behind and "->" in behind.split():
        raise ValueError(f"{line!r} has several arrows; a rule is a line of its own")
    return before.strip(), behind.strip()


def _strange(before: str, arrow: bool) -> str:
    """Another arrow; where a right one follows, only one that blanks set apart."""
    for found in _OTHERS.finditer(before):
        around = before[max(found.start() - 1, 0) : found.start()] + before[found.end() : found.end() + 1]
        if not arrow or not around.strip():
            return found[0]
    return ""
