"""What C{limit} does with each query."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ...node import Later, Node
from ...toll import PASSAGE
from ...wire.answer import DROP, Answer
from ...wire.codes import EDE_PROHIBITED, NOERROR, RA, REFUSED, TC
from ..decidingcore import DecidingCore, Decisions

if TYPE_CHECKING:
    from ...wire.query import Query
    from .bucket import Bucket
    from .meter import Meters

_DROP: Final = DROP
_TRUNCATED: Final = Answer(RA | TC, NOERROR)
_REFUSED: Final = Answer.bare(REFUSED, ((EDE_PROHIBITED, "too many queries"),))


class LimitCore(DecidingCore):
    """
    Passes on what a client may ask, and answers the rest.

    Fronts may remember the answers: they pay for each in the place of the query that does not come.

    @ivar dropped: queries that got no answer.
    @ivar truncated: those that were sent on to TCP.
    @ivar refused: those that were refused.
    """

    def __init__(
        self,
        next: Node,
        decisions: Decisions,
        meters: Meters,
        over: str,
        slip: int,
        now: Callable[[], float],
        counts: bool = True,
    ) -> None:
        """
        @param meters: what clients have left.
        @param over: what is done with a query for which nothing is left.
        @param slip: of those that are to be dropped, one of so many is truncated; 0 for none.
        @param now: a clock, in seconds.
        @param counts: whether queries count; else they only see how it is.
        """
        super().__init__(next, decisions)
        self.meters = meters
        self.dropped = self.truncated = self.refused = 0
        self._over = over
        self._slip = slip
        self._now = now
        self._counts = counts
        self._passage = PASSAGE

    def before(self, next: Node, decisions: Decisions) -> LimitCore:
        """One before another node that counts nothing."""
        return LimitCore(next, decisions, self.meters, self._over, self._slip, self._now, False)

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if not self._counts:
            return self._looked(query)
        meter = self.meters.of(query)
        if meter is not None:
            now = self._now()
            bucket = self.meters.bucket(meter, query, now)
            if not bucket.takes(now):
                bucket.refused += 1
                self.decided += 1
                if self._observed is None:
                    self._passage.once = True
                    return self._exceeded(query, bucket)
                self._observed()
            self._passage.ask(meter)
        return self._next.resolve(query)

    def _looked(self, query: Query) -> Answer | Later:
        """The same where nothing counts."""
        bucket = self.meters.look(query)
        if bucket.has(self._now()) or self._observed is not None:
            return self._next.resolve(query)
        return self._verdict(query, bucket.refused + 1)

    def _exceeded(self, query: Query, bucket: Bucket) -> Answer:
        answer = self._verdict(query, bucket.refused)
        if answer is _DROP:
            self.dropped += 1
        elif answer is _REFUSED:
            self.refused += 1
        else:
            self.truncated += 1
        return answer

    def _verdict(self, query: Query, number: int) -> Answer:
        """
        What a client gets who has nothing left.

        @param number: which one of his that is.
        """
        over = self._over
        if over == "drop":
            return _DROP
        if over == "refuse" or query.client.transport != "udp":
            # Who comes by TCP or TLS has no better way that he could be sent on.
            return _REFUSED
        slip = self._slip
        return _TRUNCATED if slip and not number % slip else _DROP
