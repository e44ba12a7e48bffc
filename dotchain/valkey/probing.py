"""Finds out whether a server that did not answer in time does again."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from .command import encoded
from .link import Link
from .waiting import Waiting


class Probing:
    """
    Asks for the key that was asked for last, again and again, until a reply comes in time.

    PING alone would be answered by a server that lets us do nothing else.
    """

    # Seconds: before the next one, first and at the most; without any reply before the connection is closed.
    FIRST: ClassVar[float] = 0.05
    LONGEST: ClassVar[float] = 1.0
    HANGS: ClassVar[float] = 5.0

    def __init__(self, reactor: Any, link: Link) -> None:
        self._reactor = reactor
        self._link = link
        self._call: Any = None
        self._delay = self.FIRST
        self._mendedAt = float("-inf")
        self._sentAt: float | None = None

    def look(self) -> None:
        """Something has changed at the link."""
        broken = bool(self._link.circuit.broken)
        if self._link.connected and broken and self._call is None:
            if self._reactor.seconds() - self._mendedAt > 2 * self.LONGEST:
                self._delay = self.FIRST
            self._ask()
        elif self._call is not None and not (self._link.connected and broken):
            self._call.cancel()
            self._call = self._sentAt = None

    def _ask(self) -> None:
        pause = self._delay * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret
        self._call = self._reactor.callLater(pause, self._again)
        now = self._reactor.seconds()
        if self._sentAt is None:
            self._sentAt = now
            key = self._link.lastKey
            self._link.sendNow(encoded("GET", key) if key else encoded("PING"), _Probe(self))
        elif now - self._sentAt > self.HANGS:
            self._link.giveUp(f"no answer for {self.HANGS:g} s")

    def _again(self) -> None:
        self._call = None
        self._delay = min(self._delay * 2, self.LONGEST)
        self._ask()

    def answered(self, refusal: str) -> None:
        """The last one was answered."""
        sentAt, self._sentAt = self._sentAt, None
        now = self._reactor.seconds()
        if sentAt is not None and not refusal and now - sentAt <= self._link.timeout:
            self._mendedAt = now
            self._link.mend()


class _Probe(Waiting):
    """One probe on its way."""

    def __init__(self, probing: Probing) -> None:
        self._probing = probing

    def reply(self, value: object) -> bool:
        """See L{Waiting.reply}."""
        self._probing.answered("")
        return True

    def refused(self, text: str) -> None:
        """See L{Waiting.refused}."""
        self._probing.answered(text)
