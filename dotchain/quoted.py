"""Lists of file names, which stand in double quotes where they have blanks in them."""

from __future__ import annotations

import re
from collections.abc import Callable

_WORD = re.compile(r'"[^"\n]+"(?!\S)|\S+')
_QUOTED = re.compile(r'(?<!\S)"[^"\n]+"(?!\S)')


def name(text: str) -> str:
    """One name, without its quotes if it has any."""
    return text.strip('"') if _QUOTED.fullmatch(text) else text


def split(text: str) -> list[str]:
    """The names as they are written, with their quotes."""
    return _WORD.findall(text)


def names(text: str, plain: Callable[[str], object]) -> list[str]:
    """
    The names.

    @param plain: raises ValueError for what can't be a list of those without quotes.
    @raise ValueError: where quotes stand around no whole name.
    """
    left = _QUOTED.sub("", text)
    if '"' in left:
        raise ValueError(f'{text!r}: double quotes are for a whole name: "my key.pem" is right')
    plain(left)
    return [name(word) for word in split(text)]
