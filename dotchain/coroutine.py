"""Stages whose C{resolve} is an C{async def}, as operators may write them."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from zope.interface import implementer

from .interfaces import IResolver
from .resolver import Result
from .wire import Answer, Query


@implementer(IResolver)
class Awaitable:
    """The next resolver of such a stage: always a Deferred, so that C{await} always works."""

    def __init__(self, next: IResolver) -> None:
        self.replays = next.replays
        self.relay = getattr(next, "relay", None)
        self.next = next.resolve

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        result = self.next(query)
        return result if isinstance(result, Deferred) else succeed(result)


@implementer(IResolver)
class Coroutine:
    """What the resolver before such a stage sees: a Deferred."""

    replays = False

    def __init__(self, stage: Any) -> None:
        self.relay = getattr(stage, "relay", None)
        self.stage = stage
        self._resolve = stage.resolve

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        answer: Deferred[Answer] = ensureDeferred(self._resolve(query))
        return answer
