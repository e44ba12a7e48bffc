"""Answers of a chain, counted by RCODE, and how long they took: where there is somebody who wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final

from ..clockwork.histogram import Histogram
from ..contract.stopwatch import Stopwatch
from ..node import Node, Outcome
from ..wire.answer import DROP, Answer

if TYPE_CHECKING:
    from ..node import Later
    from ..wire.query import Query

# A name of another module is looked up in a dictionary each time.
_DROP: Final = DROP


class Meter(Node):
    """
    Stands between a front and the chain. What the front remembers does not come by.

    @ivar next: the first of the chain.
    @ivar latencies: seconds from question to answer, of one query in L{ONE_IN}.
    """

    ONE_IN: ClassVar[int] = 64
    # RCODEs that DNS has names for are below; those that none has are counted together, last.
    NAMED: ClassVar[int] = 24

    def __init__(self, next: Node, now: Callable[[], float], watch: Stopwatch) -> None:
        """
        @param now: a clock.
        @param watch: measures, for the same queries, what each part takes.
        """
        self.next = next
        self.latencies = Histogram()
        self._watch = watch
        self.rcodes = [0] * (self.NAMED + 1)
        self._now = now
        self._left = 1

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        self._left -= 1
        if not self._left:
            self._left = self.ONE_IN
            return self._measure(query)
        answer = self.next.resolve(query)
        if isinstance(answer, Answer):
            self._count(answer)
        else:
            answer.tell(self)
        return answer

    def _measure(self, query: Query) -> Answer | Later:
        """The same, and look at the clock."""
        begun, watch = self._now(), self._watch
        watch.sampling = True
        try:
            answer = self.next.resolve(query)
        finally:
            watch.sampling = False
        if isinstance(answer, Answer):
            self._count(answer)
            self.latencies.observe(self._now() - begun)
        else:
            answer.tell(self, begun)
        return answer

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}; what has failed the front counts."""
        if isinstance(outcome, Answer):
            self._count(outcome)
        if isinstance(state, float):
            self._watch.end()
            self.latencies.observe(self._now() - state)
        return outcome

    def _count(self, answer: Answer) -> None:
        if answer is not _DROP:
            self.rcodes[min(answer.rcode, self.NAMED)] += 1
