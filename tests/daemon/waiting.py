"""An upstream that answers when a test has it do so, for trees that are made of files."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.application.service import Service
from zope.interface import implementer, provider

from dotchain.interfaces import IKind, IResolver
from dotchain.options import Option, Options
from dotchain.shell import Shell

from ..churn import Next


@implementer(IResolver)
@provider(IKind)
class Waits(Shell, Service):
    """
    See above.

    @cvar made: all that were made, until a test takes them.
    @ivar left: what it had yet to answer when it was stopped, and when that was.
    """

    kind: ClassVar[str] = "waits"
    role: ClassVar[str] = "upstream"
    options: ClassVar[Options] = {"word": Option(str, "", "what tells it from others")}
    replays = False
    made: ClassVar[list[Waits]] = []

    def __init__(self, reactor: Any, word: str) -> None:
        self.word = word
        self.core: Next = Next()
        self.left: tuple[float, set[bytes]] = (0.0, set())
        self._reactor = reactor
        self.made.append(self)

    def stopService(self) -> None:
        """See L{left}."""
        super().stopService()
        self.left = (self._reactor.seconds(), {each.query.wire[12:] for each in self.core.open})
