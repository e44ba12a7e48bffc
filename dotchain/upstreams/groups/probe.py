"""A query of our own that finds out whether a member answers again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError, Deferred

from ..streams.livenessquery import LIVENESS_QUERY
from .health import HEALTHY, Health

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from ...wire import Answer
    from .member import Member
    from .rules import Rules


class Probe:
    """
    Asks a member, over its own connection, once more after each answer until it is healthy.

    @ivar dueAt: see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}.
    """

    __slots__ = ("_askedAt", "_group", "_left", "_member", "_out", "dueAt")

    def __init__(self, group: Rules, member: Member) -> None:
        self.dueAt: float | None = None
        self._group = group
        self._member = member
        self._left = Health.RISE
        self._askedAt = 0.0
        self._out: Deferred[Answer] | None = None

    def start(self) -> None:
        """Ask; nobody waits for it, and there is no other while it is out."""
        self._member.probing = True
        self._left -= 1
        self._askedAt = self._group.now()
        self._group.timers.set(self, self._askedAt + self._group.timeout)
        result = self._member.probe(LIVENESS_QUERY)
        if type(result) is Deferred:
            self._out = result
            result.addCallbacks(self._answered, self._failed)
        else:
            self._answered(result)

    def due(self) -> None:
        """It took too long; see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}."""
        if self._out is not None:
            self._out.cancel()

    def _answered(self, answer: object) -> None:
        health = self._member.health
        health.answered(self._askedAt, self._group.now())
        if self._left and health.state != HEALTHY:
            self.start()
        else:
            self._end("")

    def _failed(self, failure: Failure) -> None:
        late = failure.check(CancelledError) is not None
        self._end(f"no answer within {self._group.timeout:g} s" if late else self._group.reason(failure))

    def _end(self, reason: str) -> None:
        self._group.timers.clear(self)
        self._member.probing = False
        self._member.health.probed(self._group.now(), reason)
