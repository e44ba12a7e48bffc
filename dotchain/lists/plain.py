"""Lists of names alone, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lines import Lines, uncommented
from .namelist import ITSELF, WITHIN

if TYPE_CHECKING:
    from .entries import Entries


class PlainLines(Lines):
    """
    C{name}, C{*.name} and C{.name}: the name and all below it; C{=name}: it alone.

    What a bare name stands for, forwarders disagree about. Here it is what it is in every match; lists that
    mean each name alone lose nothing, as they name what is below as well. A wildcard has the name itself with
    it, as those who publish lists of them mean it.
    """

    def __init__(self) -> None:
        super().__init__("domains")

    def read(self, line: bytes, entries: Entries) -> None:
        """See L{Lines.read}."""
        line = uncommented(line)
        ways = WITHIN
        if line.startswith(b"*."):
            line = line[2:]
        elif line.startswith(b"."):
            line = line[1:]
        elif line.startswith(b"="):
            line, ways = line[1:], ITSELF
        if entries.take(line, ways):
            self.taken += 1
        else:
            entries.refuse()
