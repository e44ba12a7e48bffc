"""Watch over connections that stand: closed before the peer does it, left when they are silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inflighttable import InFlightTable
from .idle import IdleLimit

if TYPE_CHECKING:
    from .pipeline import Pipeline
    from .pool import Pool


class ConnectionMonitor:
    """
    Looks after the connections of a pool, several times a second.

    @ivar limit: how long a connection may stay unused.
    @ivar mute: the last connection was silent from its beginning: no sign of life is one
        before an answer.
    @ivar prompt: the peer has been seen to answer a L{livenessQuery<.livenessquery.livenessQuery>}.
    """

    # Seconds after which a connection that was not heard falls under suspicion with another.
    STALE = 1.0
    # Connections that take no more queries and still owe answers, at the most: a burst needs many
    # where each carries a few.
    ASIDE = 64

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.limit = IdleLimit(pool.common.settings.idle)
        self.mute = self.prompt = False

    def sweep(self, now: float) -> None:
        """Look at each connection."""
        connections = self._pool.connections
        for pipeline in (*connections.open, *connections.aside):
            pipeline.askSpoiledAgain()
            if pipeline in connections.open:
                self._tend(pipeline, now)
        self._retireAnswered(now)

    def mayAdd(self) -> bool:
        """
        Whether there is room for one more connection besides those that only wait for answers.

        Where there are too many, the one that was silent longest is left: what it still owes is
        slow, and is asked again. Where none is silent for long, their answers make room.
        """
        aside = self._pool.connections.aside
        if len(aside) < self.ASIDE:
            return True
        now = self._pool.common.now()
        self._retireAnswered(now)
        if len(aside) < self.ASIDE:
            return True
        longest = min(aside, key=lambda each: each.silentSince)
        if now - longest.silentSince <= self._pool.grace:
            return False
        self._pool.resends.forsake(longest)
        return True

    def _retireAnswered(self, now: float) -> None:
        for pipeline in self._pool.connections.retireAnswered():
            if pipeline.rested and pipeline.inFlightTable.answeredElsewhere(now):
                # Silent to the end, while another answered: it was forgotten while it was unused.
                self.limit.forgotten(pipeline.rested, now)

    def _tend(self, pipeline: Pipeline, now: float) -> None:
        table = pipeline.inFlightTable
        table.sweep()
        silent = now - pipeline.silentSince
        if pipeline.livenessOverdue(now) > max(silent, pipeline.SILENCE):
            # Something else was heard since: whoever does not answer this all the same is well.
            pipeline.forgetLivenessQuery()
        if table.waiting():
            if pipeline.dubious(now):
                self._suspect(pipeline)
            elif pipeline.crowded and silent > pipeline.stalled * pipeline.LIVENESS:
                pipeline.sendLivenessQuery(now)
        elif now - pipeline.usedAt > self.limit.seconds(pipeline.keepaliveTimeout):
            self.limit.closedByUs(now)
            pipeline.retire()
            self._keepWarm(pipeline)
        if now - pipeline.madeAt > self._pool.common.settings.life or len(table) > InFlightTable.LIMIT // 2:
            self._pool.connections.setAside(pipeline)

    def _suspect(self, pipeline: Pipeline) -> None:
        """
        Something was asked and nothing at all comes: it may be a slow name, a peer that reads no more,
        or a dead path.

        So the same is asked over a fresh connection, while the answer may still come
        over the old one.
        """
        pool = self._pool
        pool.complain("timeout", f"is silent for {pipeline.patience:g} s; trying a new connection", pipeline)
        if pipeline.fresh:
            self.mute = True
            pool.backOff()
        self._leaveUnheard(pipeline.silentSince)

    def _leaveUnheard(self, since: float = 0.0) -> None:
        """
        Where one connection is dead, others that were not heard lately are no better.

        @param since: when that one was heard last.
        """
        pool = self._pool
        since = max(since, pool.common.now() - self.STALE)
        for pipeline in pool.connections.leave(lambda each: each.silentSince <= since):
            pool.resends.askAgain(pipeline)

    def closedAtRest(self, pipeline: Pipeline) -> None:
        """The peer has closed an unused connection: no failure, but a lesson."""
        self.limit.closedByPeer(self._pool.common.now() - pipeline.usedAt)
        self._keepWarm(pipeline)

    def _keepWarm(self, gone: Pipeline) -> None:
        """Have a connection ready for the next query, as long as there are some now and then."""
        pool = self._pool
        recently = pool.common.now() - pool.askedAt < pool.common.settings.warm
        if recently and self.limit.seconds(gone.keepaliveTimeout) >= 1.0 and not pool.retryAt:
            pool.keepReady()

    def cutShort(self, pipeline: Pipeline, unanswered: int) -> None:
        """A connection ended with so many queries in flight, besides those that are late."""
        pool = self._pool
        if not pipeline.retired:
            pool.window.cut(unanswered)
        if pipeline.rested:
            # It was about to be closed, or was closed, while it was unused.
            self.limit.closedByPeer(pipeline.rested)
        if pipeline.fresh and not pool.connections.open:
            pool.backOff()
        self._leaveUnheard()

    def leaveOldRoutes(self) -> None:
        """The routes of this host have changed: what has another one now is dead, though no octet tells."""
        pool = self._pool
        route = pool.common.kernelRouteTo(pool.address.host)
        for pipeline in pool.connections.leave(lambda each: each.kernelRoute != route):
            pool.complain("route", "its route has changed; asking over a new connection", pipeline)
            pool.resends.askAgain(pipeline)

    def leaveAll(self) -> None:
        """The machine has slept: whoever was there has given all connections up, and told nobody."""
        pool = self._pool
        for pipeline in pool.connections.leave(lambda _: True):
            pool.resends.askAgain(pipeline)
