"""A resolver that says what a test wants."""

from __future__ import annotations

from twisted.internet.defer import Deferred, fail
from zope.interface import implementer

from ..api import Answer, IResolver, Query, Result
from .messages import Line, answerOf


@implementer(IResolver)
class Scripted:
    """
    A resolver that gives the lines of its script, the last one for ever.

    @ivar asked: the queries that came.
    @ivar pending: those not yet answered, with their lines; only where it answers later.
    """

    def __init__(self, *script: Line, later: bool = False, replays: bool = True) -> None:
        """@param later: whether it waits for L{fire} before it answers."""
        self.script = list(script)
        self.later = later
        self.replays = replays
        self.asked: list[Query] = []
        self.pending: list[tuple[Deferred[Answer], Answer | Exception]] = []

    def resolve(self, query: Query) -> Result:
        """The next line of the script."""
        self.asked.append(query)
        line = self.script[0] if len(self.script) == 1 else self.script.pop(0)
        said = answerOf(query, line(query) if callable(line) else line)
        if self.later:
            waiting: Deferred[Answer] = Deferred()
            self.pending.append((waiting, said))
            return waiting
        return fail(said) if isinstance(said, Exception) else said

    def fire(self, index: int = 0) -> None:
        """Answer one of those that wait."""
        waiting, said = self.pending.pop(index)
        if isinstance(said, Exception):
            waiting.errback(said)
        else:
            waiting.callback(said)

    def fireAll(self) -> None:
        """Answer all that wait, and those that come by it."""
        while self.pending:
            self.fire()
