"""A command whose reply somebody waits for by a Deferred."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from .away import Away, Refused
from .waiting import Waiting


class Asked(Waiting):
    """
    One on its way.

    @ivar deferred: fires with the reply; fails with L{Away}. To cancel it is to hear no more of it.
    """

    def __init__(self) -> None:
        self.deferred: Deferred[Any] = Deferred()

    def reply(self, value: object) -> bool:
        """See L{Waiting.reply}."""
        self._take().callback(value)
        return True

    def refused(self, text: str) -> None:
        """See L{Waiting.refused}."""
        self._take().errback(Refused(text))

    def missed(self, why: str) -> None:
        """See L{Waiting.missed}."""
        self._take().errback(Away(why))

    def _take(self) -> Deferred[Any]:
        taken, self.deferred = self.deferred, Deferred()
        return taken
