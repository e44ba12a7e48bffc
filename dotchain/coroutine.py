"""Stages whose C{resolve} is an C{async def}, as operators may write them."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.python.failure import Failure
from zope.interface import implementer

from .contract.guard import Guard
from .contract.violations import InvalidResult, accuse, invalidResultOf
from .interfaces import IResolver
from .resolver import Result
from .wire import Answer, Query


@implementer(IResolver)
class AwaitingResolver:
    """The next resolver of such a stage: always a Deferred, so that C{await} always works."""

    def __init__(self, next: IResolver) -> None:
        self.replays = next.replays
        self.relay = getattr(next, "relay", None)
        self.next = next.resolve

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        result = self.next(query)
        return result if isinstance(result, Deferred) else succeed(result)


class CoroutineGuard(Guard):
    """What the resolver before such a stage sees: a Deferred."""

    def __init__(self, stage: Any, who: str = "") -> None:
        """@param who: see L{Guard}."""
        super().__init__(stage, who)
        self.replays = False

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        running = ensureDeferred(self._answer(query))
        if running.called:
            return running
        return self._hold(running, query)

    async def _answer(self, query: Query) -> Answer:
        try:
            answer = await self._resolve(query)
        except BaseException:
            failure = accuse(self.who, Failure())
            if isinstance(failure.value, InvalidResult):
                raise failure.value from None
            raise
        if isinstance(answer, Answer):
            return answer
        # Twisted does not take a Deferred that was not awaited.
        raise invalidResultOf(self.who, answer)
