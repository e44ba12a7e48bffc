"""A command whose reply somebody waits for by a Deferred."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from .away import Away, Refused
from .link import Link
from .slots import ASKING, IGNORED
from .waiting import Waiting


class Asked(Waiting):
    """
    One on its way.

    @ivar deferred: fires with the reply; fails with L{Away}. To cancel it is to hear no more of it.
    """

    def __init__(self, octets: bytes = b"", redirect: Callable[[str], Link | None] | None = None) -> None:
        """
        @param octets: the command.
        @param redirect: finds who takes a command that was refused, if anybody does.
        """
        self.deferred: Deferred[Any] = Deferred()
        self._octets = octets
        self._redirect = redirect

    def reply(self, value: object) -> bool:
        """See L{Waiting.reply}."""
        self._take().callback(value)
        return True

    def refused(self, text: str) -> None:
        """See L{Waiting.refused}."""
        redirect, self._redirect = self._redirect, None
        link = None if redirect is None else redirect(text)
        if link is None:
            self._take().errback(Refused(text))
            return
        if text.startswith("ASK "):
            link.send(ASKING, IGNORED)
        link.send(self._octets, self)

    def missed(self, why: str) -> None:
        """See L{Waiting.missed}."""
        self._take().errback(Away(why))

    def _take(self) -> Deferred[Any]:
        taken, self.deferred = self.deferred, Deferred()
        return taken
