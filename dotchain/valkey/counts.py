"""What is counted of servers."""

from __future__ import annotations

from typing import ClassVar

from .away import kindOf


class Counts:
    """
    What has become of commands since the start.

    @ivar lookups: keys looked for; C{found}: those there.
    @ivar timeouts: look-ups without a reply in time, and C{passed}, those that were not begun.
    @ivar puts: values sent; C{dropped}: those for which there was no room, or that nobody takes now.
    @ivar refused: errors that servers have replied with, by kind.
    @ivar wrong: connections that were closed since what came was no reply to what was asked.
    @ivar connections: how many have stood.
    """

    # Kinds are words of the server's.
    MOST: ClassVar[int] = 32

    def __init__(self) -> None:
        self.lookups = 0
        self.found = 0
        self.timeouts = 0
        self.passed = 0
        self.puts = 0
        self.dropped = 0
        self.wrong = 0
        self.connections = 0
        self.refused: dict[str, int] = {}

    def refuse(self, text: str) -> str:
        """
        One more error.

        @return: its kind.
        """
        kind = kindOf(text)
        if kind not in self.refused and len(self.refused) >= self.MOST:
            kind = "other"
        self.refused[kind] = self.refused.get(kind, 0) + 1
        return kind
