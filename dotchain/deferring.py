"""From what a node says to what authors of stages are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from .node import Asker, Later, Outcome
from .wire import Answer

if TYPE_CHECKING:
    from .resolver import Result
    from .wire import Query


class _Firing(Asker):
    """Fires the Deferreds of those who wait for one."""

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: the state is the Deferred."""
        assert isinstance(state, Deferred)
        if isinstance(outcome, BaseException):
            state.errback(outcome)
        else:
            state.callback(outcome)
        return outcome


_FIRING = _Firing()


def resultOf(asked: Answer | Later) -> Result:
    """An answer, or a Deferred of one: to cancel it is to cancel what it waits for."""
    if isinstance(asked, Answer):
        return asked
    later = asked
    made: Deferred[Answer] = Deferred(lambda _: later.cancel())
    later.tell(_FIRING, made)
    return made
