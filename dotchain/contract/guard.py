"""Stages and upstreams that did not come with dotchain, held to what resolvers must do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure
from zope.interface import implementer

from ..interfaces import IPromptResolver, IResolver
from ..wire import Answer
from .violations import accuse, invalidResultOf

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..resolver import Result
    from ..wire import Query


@implementer(IResolver)
class Guard:
    """
    What others see of a stage or an upstream that an operator wrote.

    Whatever it does comes to an answer or to a failed Deferred, and is put down to its section: what
    it raises, what it returns that is no answer, and an answer that never comes. Stages that come
    with dotchain do without.

    @ivar stage: the stage or upstream itself.
    @ivar role: C{stage} or C{upstream}.
    @ivar who: the title of its section, such as C{stage quiet}.
    @ivar waiting: the queries that it has to answer, oldest first, and what they wait for.
    """

    def __init__(self, stage: Any, who: str = "") -> None:
        """@param who: by default the name of its class."""
        self.replays = getattr(stage, "replays", False)
        self.relay = getattr(stage, "relay", None)
        self.role = getattr(stage, "role", "stage")
        self.stage = stage
        self.who = who or type(stage).__name__
        self.waiting: dict[Query, Deferred[Answer]] = {}
        self._resolve = stage.resolve

    def around(self, stage: Any) -> Self:
        """The same around a copy of the stage."""
        return type(self)(stage, self.who)

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        try:
            result = self._resolve(query)
        except BaseException:
            return fail(self._failed(Failure(), query))
        return result if type(result) is Answer else self._later(result, query)

    def _later(self, result: Any, query: Query) -> Result:
        """Anything but an answer at once."""
        if not isinstance(result, Deferred):
            return result if isinstance(result, Answer) else fail(invalidResultOf(self.who, result))
        if type(result) is not Deferred:
            result = _plain(result)
        deferred: Deferred[Answer] = result
        self.waiting[query] = deferred
        return deferred.addCallbacks(self._came, self._failed, (query,), errbackArgs=(query,))

    def forsake(self, query: Query) -> None:
        """Nobody waits any more for its answer to a query."""
        if query in self.waiting:
            self.waiting[query].cancel()

    def _came(self, answer: Any, query: Query) -> Answer:
        self.waiting.pop(query, None)
        if isinstance(answer, Answer):
            return answer
        raise invalidResultOf(self.who, answer)

    def _failed(self, failure: Failure, query: Query) -> Failure:
        self.waiting.pop(query, None)
        return accuse(self.who, failure)


@implementer(IPromptResolver)
class PromptGuard(Guard):
    """The same for an upstream that groups may ask promptly."""

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt}."""
        try:
            result = self.stage.attempt(query)
        except BaseException:
            return fail(self._failed(Failure(), query))
        return result if type(result) is Answer else self._later(result, query)


def guarded(stage: Any, who: str) -> Guard:
    """What others are to see of a stage or an upstream."""
    return (Guard if IPromptResolver(stage, None) is None else PromptGuard)(stage, who)


def _plain(result: Deferred[Any]) -> Deferred[Any]:
    """One of a derived class, such as a DeferredList, as a Deferred that all know to be one."""

    def pass_(outcome: Any) -> None:
        if not made.called:
            made.callback(outcome)

    made: Deferred[Any] = Deferred(lambda _: result.cancel())
    result.addBoth(pass_)
    return made
