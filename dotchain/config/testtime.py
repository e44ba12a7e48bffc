"""When something is asked, as operators and logs write it."""

from __future__ import annotations

import re
import time
from datetime import datetime

from ..match.times import DAYS

# A Monday.
_YEAR, _MONTH, _DAY = 2024, 1, 1
_OF_WEEK = re.compile(r"([a-z]{3})\s+([01]?[0-9]|2[0-3]):([0-5][0-9])")


def testTime(text: str) -> float:
    """
    C{mon 23:00}, in some week, or C{2026-03-02 23:00}: local times; with an offset, C{2026-03-02T22:00Z},
    that time.

    @return: seconds since 1970.
    @raise ValueError: for what is none.
    """
    found = _OF_WEEK.fullmatch(text.lower())
    if found and found[1] in DAYS:
        day = _DAY + DAYS.index(found[1])
        return time.mktime((_YEAR, _MONTH, day, int(found[2]), int(found[3]), 0, 0, 0, -1))
    try:
        return isoTime(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time such as mon 23:00 or 2026-03-02 23:00") from None


def isoTime(text: str) -> float:
    """
    Seconds since 1970 of a time by ISO 8601; local where it has no offset.

    @raise ValueError: for what is none.
    """
    try:
        # The oldest Python knows no Z.
        return datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text)).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text!r} is no time such as 2026-03-02T22:00:00Z") from None
