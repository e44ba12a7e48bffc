"""Stages and upstreams that did not come with dotchain, held to what resolvers must do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import CancelledError, Deferred, fail
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
            return fail(accuse(self.who, Failure()))
        return result if type(result) is Answer else self._later(result, query)

    def _later(self, result: Any, query: Query) -> Result:
        """Anything but an answer at once."""
        if not isinstance(result, Deferred):
            return result if isinstance(result, Answer) else fail(invalidResultOf(self.who, result))
        return self._hold(result, query)

    def _hold(self, running: Deferred[Any], query: Query) -> Deferred[Answer]:
        """Its answer, which is over once it is cancelled, whatever the stage makes of that."""
        made: Deferred[Answer] = Deferred(lambda made: self._leave(made, running, query))
        self.waiting[query] = made
        running.addBoth(self._end, made, query)
        return made

    def _leave(self, made: Deferred[Answer], running: Deferred[Any], query: Query) -> None:
        self.waiting.pop(query, None)
        try:
            running.cancel()
        except BaseException:
            accuse(self.who, Failure())
            if not made.called:
                made.errback(CancelledError())
            raise

    def _end(self, outcome: Any, made: Deferred[Answer], query: Query) -> None:
        self.waiting.pop(query, None)
        if made.called:
            return
        if isinstance(outcome, Answer):
            made.callback(outcome)
        elif isinstance(outcome, Failure):
            made.errback(accuse(self.who, outcome))
        else:
            made.errback(invalidResultOf(self.who, outcome))

    def forsake(self, query: Query) -> None:
        """Nobody waits any more for its answer to a query."""
        if query in self.waiting:
            self.waiting[query].cancel()


@implementer(IPromptResolver)
class PromptGuard(Guard):
    """The same for an upstream that groups may ask promptly."""

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt}."""
        try:
            result = self.stage.attempt(query)
        except BaseException:
            return fail(accuse(self.who, Failure()))
        return result if type(result) is Answer else self._later(result, query)


def guarded(stage: Any, who: str) -> Guard:
    """What others are to see of a stage or an upstream."""
    return (Guard if IPromptResolver(stage, None) is None else PromptGuard)(stage, who)
