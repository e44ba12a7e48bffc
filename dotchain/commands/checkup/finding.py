"""What was found about one thing, and what to do about it."""

from __future__ import annotations

import re
from typing import NamedTuple

GOOD, LOOK, BAD = "good", "look", "bad"
"""All is well; somebody should have a look; something must be done."""


class Finding(NamedTuple):
    """
    One thing that was found.

    @ivar about: a section with an address, or C{this machine}.
    @ivar level: L{GOOD}, L{LOOK} or L{BAD}.
    @ivar text: what is so, in plain words.
    @ivar remedy: what to do, or nothing.
    @ivar section: the title of the section that it concerns, where C{about} does not; or nothing.
    """

    about: str
    level: str
    text: str
    remedy: str = ""
    section: str = ""

    def asJson(self) -> dict[str, str | None]:
        """What L{json} can write; C{section} is that of the file, and C{address} one of it, or None."""
        named = re.match(r"\[([^\]]+)\] ?(.*)", self.about)
        section, address = named.groups() if named else (self.section, "")
        return {**self._asdict(), "section": section or None, "address": address or None}


def good(about: str, text: str) -> Finding:
    """All is well."""
    return Finding(about, GOOD, text)


def look(about: str, text: str, remedy: str = "") -> Finding:
    """It works, and could be better."""
    return Finding(about, LOOK, text, remedy)


def bad(about: str, text: str, remedy: str) -> Finding:
    """It does not work, or soon won't."""
    return Finding(about, BAD, text, remedy)
