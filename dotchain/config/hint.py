"""What a word that nobody knows was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def close(word: str, known: Iterable[str]) -> str:
    """C{; did you mean 'x'?} where a known word looks like this one, else nothing."""
    found = get_close_matches(word, list(known), 1)
    return f"; did you mean {found[0]!r}?" if found else ""
