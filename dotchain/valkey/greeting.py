"""What is said first on a connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from .waiting import Waiting


class End(Protocol):
    """What has commands and replies of a connection, as L{Link<.link.Link>} does."""

    def attach(self, transport: Any, /) -> None:
        """A connection is there; nothing but the greeting goes over it before it is L{ready}."""

    def sendNow(self, octets: bytes, waiting: Waiting, /) -> None:
        """Send a command of the greeting."""

    def ready(self) -> None:
        """The server has let us in."""

    def take(self, data: bytes, /) -> None:
        """Octets have come."""

    def lost(self, why: str, /) -> None:
        """The connection has ended, or there was none."""


class Greeting:
    """Sends the first commands, and hears whether the server lets us in."""

    def __init__(self, commands: Sequence[bytes], lenient: bool, done: Callable[[str], object]) -> None:
        """
        @param commands: PING is the last.
        @param lenient: it is enough that the last one is answered.
        @param done: told once, with what the server has refused; empty where it lets us in.
        """
        self._commands = commands
        self._lenient = lenient
        self._done: Callable[[str], object] | None = done
        self._left = len(commands)

    def begin(self, end: End) -> None:
        """Send them, all at once."""
        for octets in self._commands:
            end.sendNow(octets, _Step(self))

    def stepped(self, refusal: str) -> None:
        """One more was answered."""
        self._left -= 1
        if self._left:
            over = bool(refusal) and not self._lenient
        else:
            over = True
            if refusal.startswith("NOPERM"):
                # A user who may not PING may do what he is there for.
                refusal = ""
        if over and self._done is not None:
            done, self._done = self._done, None
            done(refusal)


class _Step(Waiting):
    """One command of the greeting."""

    def __init__(self, greeting: Greeting) -> None:
        self._greeting = greeting

    def reply(self, value: object) -> bool:
        """See L{Waiting.reply}."""
        self._greeting.stepped("")
        return True

    def refused(self, text: str) -> None:
        """See L{Waiting.refused}."""
        self._greeting.stepped(text)
