"""Looks at the queries that an upstream has to answer, several times a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..clockwork.pacedloop import PacedLoop
from ..clockwork.sweep import Sweep

if TYPE_CHECKING:
    from .pendingqueries import PendingQueries
    from .pendingquery import PendingQuery


class Deadlines:
    """
    Ends queries whose time is over, and moves on those that wait in vain at one address.

    @ivar sweep: what looks, as long as there is anything to look at.
    """

    # Seconds between two looks.
    SWEEP = 0.1
    # Queries that are ended or moved on at a time, and the seconds over which all are spread that a
    # look finds.
    PORTION = 4
    SPREAD = 0.02
    # Seconds for which an answer shows that there are others, who would have to wait for all of them.
    LATELY = 1.0

    def __init__(
        self,
        reactor: Any,
        now: Callable[[], float],
        pendingQueries: PendingQueries,
        giveUp: Callable[[PendingQuery], None],
        move: Callable[[PendingQuery], None],
        look: Callable[[float, bool], bool],
        answeredFor: Callable[[], float],
    ) -> None:
        """
        @param giveUp: ends a query.
        @param move: asks elsewhere, too.
        @param look: looks at the rest, knowing the time and whether the machine has slept; whether to go on.
        @param answeredFor: when the newest of the queries that were answered had been sent.
        """
        self.sweep = Sweep(reactor, self.SWEEP, self._look, now)
        self._overdue = PacedLoop(reactor, self.PORTION, self.SPREAD, self._tend)
        self._now = now
        self._pendingQueries = pendingQueries
        self._giveUp = giveUp
        self._move = move
        self._rest = look
        self._answeredFor = answeredFor

    def _look(self) -> bool:
        now = self._now()
        due = self._pendingQueries.due(now)
        # In a circle of forwarders, which give each other SERVFAIL alone, what is asked again together
        # meets full ones; one by one it would find the room that others have just left.
        together = bool(due) and now - self._answeredFor() >= self.LATELY
        for pending in [pending for pending in due if together or pending.allFailed]:
            # Or it waits for an address that may be asked again.
            self._tend(pending)
        if not self._overdue.busy:
            self._overdue.begin([pending for pending in due if pending.moveAt <= now and not pending.done])
        return self._rest(now, self.sweep.slept)

    def _tend(self, pending: PendingQuery) -> None:
        """Something must be done about a query, unless that was done meanwhile."""
        now = self._now()
        if not pending.done and pending.deadline <= now:
            self._giveUp(pending)
        elif not pending.done and pending.moveAt <= now:
            self._move(pending)

    def stop(self) -> None:
        """Look no more."""
        self.sweep.stop()
        self._overdue.stop()
