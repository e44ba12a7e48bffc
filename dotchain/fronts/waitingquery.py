"""A client's query that has no answer yet."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from ..compiled import mypyc_attr
from ..contract.waiting import Waiting
from ..node import Later, Outcome
from ..wire import Answer, Query
from ..wire.codes import SERVFAIL

if TYPE_CHECKING:
    from .responder import Responder


@mypyc_attr(allow_interpreted_subclasses=True)
class WaitingQuery(Waiting):
    """
    Takes the first answer that there is: the chain's, or that of those who let nobody wait too long.

    @ivar query: as it was asked.
    """

    __slots__ = ("_responder", "query")

    def __init__(self, responder: Responder, query: Query, asked: Later) -> None:
        """@param asked: what the chain gave for it."""
        super().__init__(asked)
        self._responder = responder
        self.query = query

    @abstractmethod
    def respond(self, answer: Answer) -> None:
        """Let the client have the answer; called once."""

    def wait(self) -> None:
        """Take a slot, and be told."""
        responder, query = self._responder, self.query
        responder.querySlots.enter(query)
        timeouts = responder.answerTimeouts
        timeouts.young[query] = self
        if timeouts.asleep:
            timeouts.wake()
        self.waited.tell(self)

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        if isinstance(outcome, Answer):
            self.reply(outcome)
        elif query in self._responder.answerTimeouts:
            self.reply(self._responder.failed(outcome))
        return outcome

    def reply(self, answer: Any) -> None:
        """See L{Waiting.reply}; what comes too late is nobody's."""
        assert isinstance(answer, Answer)
        query, timeouts = self.query, self._responder.answerTimeouts
        if query in timeouts.young:
            del timeouts.young[query]
            if not timeouts.quick and answer.rcode != SERVFAIL:
                timeouts.quick = True
        elif not timeouts.leave(query):
            return
        self._responder.querySlots.leave(query)
        self.respond(answer)
