"""What stages do that ask another query in the place of a client's, and make its answer one of his."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..compiled import mypyc_attr
from ..node import Later, Node, Outcome
from ..wire.answer import DROP, Answer

if TYPE_CHECKING:
    from ..wire.query import Query
    from .decidingcore import Decisions


class Other:
    """
    What is asked in the place of a client's query.

    @ivar query: the query.
    @ivar how: what is needed to make its answer one of the client's.
    """

    __slots__ = ("how", "query")

    def __init__(self, query: Query, how: object = None) -> None:
        self.query = query
        self.how = how


class Instead(Later):
    """
    A query that waits for what comes of another one.

    @ivar other: that other one.
    """

    __slots__ = ("_asked", "other")

    def __init__(self, query: Query, other: Other, asked: Later) -> None:
        super().__init__(query)
        self.other = other
        self._asked = asked

    def leave(self) -> None:
        """See L{Later.leave}."""
        self._asked.cancel()


@mypyc_attr(allow_interpreted_subclasses=True)
class InsteadCore(Node):
    """
    Asks others in the place of some queries: override L{replace} and L{restore}.

    @ivar decided: queries that were replaced or answered here, be it only observed.
    """

    def __init__(self, next: Node, decisions: Decisions) -> None:
        self._next = next
        self._match = decisions.match
        self._observed = decisions.observed
        self.decided = 0

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if query.signed or not self.concerns(query):
            return self._next.resolve(query)
        other = self.replace(query)
        if other is None:
            return self._next.resolve(query)
        self.decided += 1
        if self._observed is not None:
            self._observed()
            return self._next.resolve(query)
        return other if isinstance(other, Answer) else self._ask(query, other)

    def concerns(self, query: Query) -> bool:
        """Whether C{match} holds."""
        return self._match is None or self._match.holds(query)

    def _ask(self, query: Query, other: Other) -> Answer | Later:
        asked = self._next.resolve(other.query)
        if isinstance(asked, Answer):
            return asked if asked is DROP else self.restore(query, other, asked)
        made = Instead(query, other, asked)
        asked.tell(self, made)
        return made

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}: the state is who waits."""
        assert isinstance(state, Instead)
        made = outcome
        if isinstance(outcome, Answer) and outcome is not DROP:
            try:
                made = self.restore(state.query, state.other, outcome)
            except BaseException as error:
                made = error
        state.land(made)
        return outcome

    def replace(self, query: Query) -> Other | Answer | None:
        """What to ask instead, or what to answer; None to pass the query on. No signed query comes here."""
        return None

    def restore(self, query: Query, other: Other, answer: Answer) -> Answer:
        """What an answer to the other query is to this one. A signed response can't be changed."""
        return answer
