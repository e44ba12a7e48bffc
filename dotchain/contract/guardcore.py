"""How the chain goes through a stage or an upstream that an operator wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from ..node import Later, Node, landed
from ..wire.answer import Answer
from .violations import accuse, invalidResultOf, isOf

if TYPE_CHECKING:
    from ..wire.query import Query


class GuardCore(Node):
    """
    Asks in the stage's own way, and makes an answer or a failure of whatever comes of it.

    @ivar waiting: the queries that the stage has to answer, oldest first, and what they wait for.
    @ivar errors: those that ended with a bug of whatever sort.
    """

    def __init__(self, who: str, ask: Callable[[Query], Any], attempt: Callable[[Query], Any]) -> None:
        """
        @param who: the title of its section.
        @param ask: its C{resolve}.
        @param attempt: its C{attempt}, or the same where it has none.
        """
        self.title = who
        self.errors = 0
        self.waiting: dict[Query, Later] = {}
        self._resolve = ask
        self._attempt = attempt

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        return self._ask(self._resolve, query)

    def attempt(self, query: Query) -> Answer | Later:
        """See L{Node.attempt}."""
        return self._ask(self._attempt, query)

    def _ask(self, ask: Callable[[Query], Any], query: Query) -> Answer | Later:
        try:
            result = ask(query)
        except BaseException as error:
            return landed(query, self.accused(error))
        if isinstance(result, Answer):
            return result
        if isinstance(result, Deferred):
            return self._hold(result, query)
        return landed(query, self.accused(invalidResultOf(self.title, result)))

    def accused(self, error: BaseException) -> BaseException:
        """An error with a note of whose it is, counted where it is this stage's."""
        error = accuse(self.title, error)
        if isOf(error, self.title):
            self.errors += 1
        return error

    def _hold(self, running: Deferred[Any], query: Query) -> Later:
        made = self.waiting[query] = _Guarded(self, query, running)
        running.addBoth(made.end)
        return made

    def forsake(self, query: Query) -> None:
        """Nobody waits any more for its answer to a query."""
        held = self.waiting.get(query)
        if held is not None:
            held.cancel()


class _Guarded(Later):
    """Its answer, which is over once it is cancelled, whatever the stage makes of that."""

    __slots__ = ("_core", "_running")

    def __init__(self, core: GuardCore, query: Query, running: Deferred[Any]) -> None:
        super().__init__(query)
        self._core = core
        self._running = running

    def leave(self) -> None:
        """See L{Later.leave}: what its own code raises then is its fault, too."""
        core = self._core
        core.waiting.pop(self.query, None)
        try:
            self._running.cancel()
        except BaseException as error:
            accuse(core.title, error)
            raise

    def end(self, outcome: Any) -> None:
        """The stage's Deferred has fired."""
        core = self._core
        core.waiting.pop(self.query, None)
        if isinstance(outcome, Answer):
            self.land(outcome)
        elif isinstance(outcome, Failure) and outcome.value is not None:
            self.land(core.accused(outcome.value))
        elif not self.landed:
            self.land(core.accused(invalidResultOf(core.title, outcome)))
