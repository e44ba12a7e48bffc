"""Stages whose C{resolve} is an C{async def}, as operators may write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from zope.interface import implementer

from .contract.guard import Guard
from .contract.violations import accuse, invalidResultOf
from .interfaces import IResolver
from .resolver import Result
from .wire import Answer, Query


@implementer(IResolver)
class AwaitingResolver:
    """The next resolver of such a stage: always a Deferred, so that C{await} always works."""

    def __init__(self, next: IResolver) -> None:
        self.replays = next.replays
        self.next, self._handsOn = next.resolve, next

    @property
    def relay(self) -> Any:
        """The next one's, as it is now."""
        return getattr(self._handsOn, "relay", None)

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

    def _ways(self, stage: Any) -> tuple[Callable[[Query], Any], Callable[[Query], Any]]:
        self._resolve = stage.resolve
        return self._begin, self._begin

    def _begin(self, query: Query) -> Deferred[Answer]:
        return ensureDeferred(self._answer(query))

    async def _answer(self, query: Query) -> Answer:
        try:
            answer = await self._resolve(query)
        except BaseException as error:
            raise accuse(self.who, error) from None
        if isinstance(answer, Answer):
            return answer
        # Twisted does not take a Deferred that was not awaited.
        raise invalidResultOf(self.who, answer)
