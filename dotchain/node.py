"""
What a query goes through: nodes that answer it now or later, and are told on the way back how it ended.

A stage or an upstream has a shell that operators and authors see, which speaks of Deferreds, and a core, a
node, by which every query goes. In a compiled build cores call each other as C does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError

from .compiled import mypyc_attr
from .wire.answer import Answer

if TYPE_CHECKING:
    from .wire.query import Query

Outcome = Answer | BaseException
"""How a query ended. Of errors L{ResolveError<dotchain.resolver.ResolveError>} is none of a stage's own."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Asker:
    """Who has asked a node."""

    __slots__ = ()

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """
        Be told how a query ended that was asked before.

        @param state: what was given to L{Later.tell}.
        @return: the outcome for those who are told after this one.
        """
        return outcome


@mypyc_attr(allow_interpreted_subclasses=True)
class Node(Asker):
    """What answers queries, or asks the next node."""

    def resolve(self, query: Query) -> Answer | Later:
        """
        Answer one query, at once or later: to be overridden.

        A failure lands; what is raised all the same is a bug, and ends at whoever asked first.
        """
        # No ABC: compiled, its subclasses share what isinstance remembers, and one is taken for another.
        raise NotImplementedError

    def attempt(self, query: Query) -> Answer | Later:
        """
        The same, but fail with L{NotNow<dotchain.resolver.NotNow>} where waiting for somebody who can be
        asked again would be the only way.
        """
        return self.resolve(query)


@mypyc_attr(allow_interpreted_subclasses=True)
class Later:
    """
    A query that has no answer yet.

    It lands once, whatever happens, and each who has asked is told once: the innermost first, so that
    each sees what those before made of it.

    @ivar query: as it was asked.
    @ivar landed: whether the outcome is there.
    @ivar outcome: what all made of it, as soon as all have been told.
    """

    __slots__ = ("_told", "landed", "outcome", "query")

    def __init__(self, query: Query) -> None:
        self.query = query
        self.landed = False
        self.outcome: Outcome | None = None
        self._told: list[tuple[Asker, object]] = []

    def tell(self, asker: Asker, state: object = None) -> None:
        """Have one more told: at once, where all others have been."""
        if self.outcome is None:
            self._told.append((asker, state))
            return
        try:
            self.outcome = asker.land(self.query, self.outcome, state)
        except BaseException as error:
            self.outcome = error

    def land(self, outcome: Outcome) -> None:
        """Tell all who have asked, unless that was done."""
        if self.landed:
            return
        self.landed = True
        # It grows, where one that is told has another one told; where he raises, the others must hear of it.
        for asker, state in self._told:
            try:
                outcome = asker.land(self.query, outcome, state)
            except BaseException as error:
                outcome = error
        self._told.clear()
        self.outcome = outcome

    def cancel(self) -> None:
        """Nobody waits any more: it lands now, if it has not yet."""
        if self.landed:
            return
        try:
            self.leave()
        finally:
            self.land(CancelledError())

    def leave(self) -> None:
        """Nobody waits any more: give up what is done for it alone."""


def landed(query: Query, outcome: Outcome) -> Later:
    """One that has its outcome already."""
    made = Later(query)
    made.landed = True
    made.outcome = outcome
    return made
