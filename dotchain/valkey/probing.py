"""Finds out whether a server that did not answer in time does again."""

from __future__ import annotations

import random
from collections.abc import Callable
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

    def __init__(self, reactor: Any, link: Link, hangs: Callable[[str], object]) -> None:
        """@param hangs: closes the connection, and is told why."""
        self._reactor = reactor
        self._link = link
        self._hangs = hangs
        self._call: Any = None
        self._delay = self.FIRST
        self._mendedAt = float("-inf")
        self._sentAt: float | None = None

    def start(self) -> None:
        """The link is broken; not again while this goes on."""
        if self._call is not None:
            return
        if self._reactor.seconds() - self._mendedAt > 2 * self.LONGEST:
            self._delay = self.FIRST
        self._ask()

    def stop(self) -> None:
        """The connection has ended."""
        self._sentAt = None
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _ask(self) -> None:
        now = self._reactor.seconds()
        self._call = self._reactor.callLater(self._delay * random.uniform(0.75, 1.25), self._again)  # noqa: S311 - not a secret
        if self._sentAt is None:
            self._sentAt = now
            key = self._link.lastKey
            command = encoded("GET", key) if key else encoded("PING")
            self._link.sendNow(command, _Probe(self))
        elif now - self._sentAt > self.HANGS:
            self._hangs(f"no answer for {self.HANGS:g} s")

    def _again(self) -> None:
        self._call = None
        self._delay = min(self._delay * 2, self.LONGEST)
        self._ask()

    def answered(self, refusal: str) -> None:
        """One was answered."""
        sentAt, self._sentAt = self._sentAt, None
        if sentAt is None or refusal:
            return
        now = self._reactor.seconds()
        if now - sentAt <= self._link.timeout:
            self.stop()
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
