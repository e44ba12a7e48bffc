"""What deciding stages do: those that know by the question, and those that look at answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..compiled import mypyc_attr
from ..node import Later, Node, Outcome
from ..wire.answer import Answer

if TYPE_CHECKING:
    from ..match.match import Match
    from ..wire.query import Query


class Decisions:
    """
    When a stage decides, and whether that is applied.

    @ivar match: decide only where this holds; None is everywhere.
    @ivar observed: what is told of each decision that is not applied; None where all are.
    """

    def __init__(self, match: Match | None = None, observed: Callable[[], None] | None = None) -> None:
        self.match = match if match is not None and match.words else None
        self.observed = observed


@mypyc_attr(allow_interpreted_subclasses=True)
class DecidingCore(Node):
    """
    Answers some queries by the question alone, and passes on all others: override L{decide}.

    @ivar decided: queries that were decided here, be it only observed.
    """

    def __init__(self, next: Node, decisions: Decisions) -> None:
        self._next = next
        self._match = decisions.match
        self._observed = decisions.observed
        self.decided = 0

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        match = self._match
        if match is None or match.holds(query):
            decision = self.decide(query)
            if decision is not None:
                self.decided += 1
                if self._observed is None:
                    return self.enforce(query, decision)
                self._observed()
        return self._next.resolve(query)

    def decide(self, query: Query) -> Answer | None:
        """What to answer; None to pass the query on. Signed queries come here, too."""
        return None

    def enforce(self, query: Query, decision: Answer) -> Answer | Later:
        """What a client gets of a decision: to be overridden where that takes asking the next node."""
        return decision


@mypyc_attr(allow_interpreted_subclasses=True)
class JudgingCore(Node):
    """
    Looks at answers on their way back, and makes others of some: override L{judge}.

    @ivar decided: answers that were replaced, be it only observed.
    """

    def __init__(self, next: Node, decisions: Decisions) -> None:
        self._next = next
        self._match = decisions.match
        self._observed = decisions.observed
        self.decided = 0

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        asked = self._next.resolve(query)
        match = self._match
        if match is not None and not match.holds(query):
            return asked
        if isinstance(asked, Answer):
            return self._judged(query, asked)
        asked.tell(self)
        return asked

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        return self._judged(query, outcome) if isinstance(outcome, Answer) else outcome

    def _judged(self, query: Query, answer: Answer) -> Answer:
        made = self.judge(query, answer)
        if made is None:
            return answer
        self.decided += 1
        if self._observed is None:
            return made
        self._observed()
        return answer

    def judge(self, query: Query, answer: Answer) -> Answer | None:
        """What to answer instead; None where it is good. A signed response (C{answer.verbatim}) must stay."""
        return None
