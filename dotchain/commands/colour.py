"""Colours on a terminal, where somebody wants them."""

from __future__ import annotations

import os
import sys

_CODES = {"red": 31, "green": 32, "yellow": 33}


def painted(text: str, colour: str) -> str:
    """The same in a colour; as it is where standard output is no terminal, or C{NO_COLOR} is set."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if wanted() else text


def wanted() -> bool:
    """Whether there are to be colours (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
