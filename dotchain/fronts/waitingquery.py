"""A client's query that has no answer yet."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from ..compiled import mypyc_attr
from ..contract.waiting import Waiting
from ..node import Outcome
from ..wire import Answer, Query
from ..wire.codes import SERVFAIL

if TYPE_CHECKING:
    from .responder import Responder


@mypyc_attr(allow_interpreted_subclasses=True)
class WaitingQuery(Waiting):
    """
    Takes the first answer that there is: the chain's, or that of those who let nobody wait too long.

    @ivar responder: the chain.
    @ivar query: as it was asked.
    """

    __slots__ = ("query", "responder")

    # Set by those that inherit: each query would take two calls of super where nothing is compiled.
    responder: Responder
    query: Query

    @abstractmethod
    def respond(self, answer: Answer) -> None:
        """Let the client have the answer; called once."""

    def wait(self) -> None:
        """Take a slot, and be told."""
        responder, query = self.responder, self.query
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
        elif query in self.responder.answerTimeouts:
            self.reply(self.responder.failed(outcome))
        return outcome

    def reply(self, answer: Any) -> None:
        """See L{Waiting.reply}; what comes too late is nobody's."""
        assert isinstance(answer, Answer)
        query, timeouts = self.query, self.responder.answerTimeouts
        if query in timeouts.young:
            del timeouts.young[query]
            if not timeouts.quick and answer.rcode != SERVFAIL:
                timeouts.quick = True
        elif not timeouts.leave(query):
            return
        self.responder.querySlots.leave(query)
        self.respond(answer)
