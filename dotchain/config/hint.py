"""What a word that nobody knows was probably meant to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from ..host import isIP

# As difflib measures it; 0.6 is what it takes for close.
_ALIKE = 0.8


def close(word: str, known: Iterable[str], fits: Callable[[str], bool] | None = None) -> str:
    """
    C{; did you mean 'x'?} where a known word looks like this one, be it in capitals, else nothing.

    @param fits: whether a word would be right there; only asked of those that look like this one.
    """
    words = {each.lower(): each for each in known}
    likely = get_close_matches(word.lower(), words, 1)
    # Where the likeliest is not right, only one that is hardly different will have been meant.
    likely += get_close_matches(word.lower(), words, len(words) or 1, _ALIKE)
    found = next(filter(fits, map(words.__getitem__, likely)), None)
    return "" if found is None else f"; did you mean {found!r}?"


def address(word: str) -> str | None:
    """What to say of an address in the place of a name; None where it is none."""
    if "://" not in word and not isIP(word.strip("[]")):
        return None
    return f"{word!r} is an address, which belongs into an [upstream NAME] section; name that here"
