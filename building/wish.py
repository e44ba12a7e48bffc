"""C{DOTCHAIN_COMPILE}, what whoever installs has said of compiling."""

from __future__ import annotations

import os
from enum import Enum

VARIABLE = "DOTCHAIN_COMPILE"


class Wish(Enum):
    """Each way to have it, by the variable's value."""

    WHERE_POSSIBLE = ""
    NEVER = "0"
    ALWAYS = "1"


def wish() -> Wish:
    """
    What is wished for this build.

    @raise SystemExit: the variable says something else.
    """
    said = os.environ.get(VARIABLE, "")
    try:
        return Wish(said)
    except ValueError:
        raise SystemExit(f"{VARIABLE} is 0, 1 or not set, not {said!r}") from None
