"""A query of our own that finds out whether a member answers again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError

from ...node import Asker, Later, Outcome
from ...wire.answer import Answer
from ..streams.livenessquery import LIVENESS_QUERY
from .health import DRAINED, HEALTHY, Health

if TYPE_CHECKING:
    from ...wire.query import Query
    from .groupcore import GroupCore
    from .member import Member


class Probe(Asker):
    """
    Asks a member, over its own connection, once more after each answer until it is healthy.

    @ivar dueAt: see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}.
    """

    def __init__(self, group: GroupCore, member: Member) -> None:
        self.dueAt: float | None = None
        self._group = group
        self._member = member
        self._left = Health.RISE
        self._askedAt = 0.0
        self._out: Later | None = None

    def start(self) -> None:
        """Ask; nobody waits for it, and there is no other while it is out."""
        self._member.probing = True
        self._left -= 1
        self._askedAt = self._group.now()
        self._group.timers.set(self, self._askedAt + self._group.timeout)
        asked = self._member.probe(LIVENESS_QUERY)
        if isinstance(asked, Answer):
            self._answered()
        else:
            self._out = asked
            asked.tell(self)

    def due(self) -> None:
        """It took too long; see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}."""
        if self._out is not None:
            self._out.cancel()

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        if isinstance(outcome, Answer):
            self._answered()
        else:
            self._failed(outcome)
        return outcome

    def _answered(self) -> None:
        health = self._member.health
        health.answered(self._askedAt, self._group.now())
        if self._left and health.state not in (HEALTHY, DRAINED):
            self.start()
        else:
            self._end("")

    def _failed(self, error: BaseException) -> None:
        late = isinstance(error, CancelledError)
        self._end(f"no answer within {self._group.timeout:g} s" if late else self._group.reason(error))

    def _end(self, reason: str) -> None:
        self._group.timers.clear(self)
        self._member.probing = False
        self._member.health.probed(self._group.now(), reason)
