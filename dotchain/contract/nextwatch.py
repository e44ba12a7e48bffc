"""What stands between a contained stage and those whom it asks, and sees when it does."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from ..deferring import resultOf
from ..interfaces import IResolver
from ..node import Later, Node, Outcome
from ..resolver import Result
from ..wire import Query
from ..wire.answer import Answer
from .asking import Asking
from .guard import coreOf


@implementer(IResolver)
class NextWatch:
    """
    Stands before the next resolver, or before one that an option names.

    @ivar next: that one.
    @ivar asking: what the stage asks.
    """

    def __init__(self, next: Any, beside: NextWatch | None = None) -> None:
        """@param beside: what stands before the next one, where this is another that the stage asks."""
        self.replays = getattr(next, "replays", False)
        self.next = next
        self.asking: Asking = Asking() if beside is None else beside.asking
        self.core = NextWatchCore(coreOf(next), self.asking, beside is None)

    @property
    def relay(self) -> Any:
        """The next one's, as it is now."""
        return getattr(self.next, "relay", None)

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        return resultOf(self.core.resolve(query))


class NextWatchCore(Node):
    """
    Asks the next node, and has the query that this is done for know.

    @ivar next: that node.
    """

    def __init__(self, next: Node, asking: Asking, inPath: bool) -> None:
        """@param inPath: whether it is the next one in the path."""
        self.next = next
        self._asking = asking
        self._inPath = inPath

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        attempt = self._asking.begin(query)
        try:
            asked = self.next.resolve(query)
        except BaseException as error:
            self._asking.end(attempt, query, error, self._inPath)
            raise
        if isinstance(asked, Answer):
            self._asking.end(attempt, query, asked, self._inPath)
        else:
            asked.tell(self, (attempt, query))
        return asked

    def land(self, query: Query, outcome: Outcome, state: Any) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        attempt, asked = state
        self._asking.end(attempt, asked, outcome, self._inPath)
        return outcome
