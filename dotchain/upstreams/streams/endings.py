"""The ends of connections: what each means for its address, and for the queries in flight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.python.failure import Failure

from ...tls.alerts import isRefusal, lastWords

if TYPE_CHECKING:
    from ..pendingquery import PendingQuery
    from .pipeline import Pipeline
    from .pool import Pool
    from .resend import Resends


class Endings:
    """
    Tells them apart.

    A close at rest is no failure. One with queries in flight is, and they are sent again. A
    peer that does not want us says so behind the handshake in TLS 1.3 (RFC 8446 section
    4.4.2.4): that is as if there had been no connection.
    """

    def __init__(self, pool: Pool, resends: Resends) -> None:
        """@param resends: what sends queries again."""
        self._pool = pool
        self._resends = resends

    def ended(self, pipeline: Pipeline, reason: Failure) -> None:
        """A connection that could be used has ended."""
        pool, connections = self._pool, self._pool.connections
        rested = not pipeline.retired and pipeline in connections.open
        aside = pipeline in connections.aside
        connections.left(pipeline)
        table, why = pipeline.inFlightTable, lastWords(reason)
        table.settle(pool.grace)
        busy = table.busy
        unanswered = table.drain()
        if pipeline.fresh and not why:
            # Opened ahead, and never used.
            pool.peer.remember(pipeline.transport)
        if pipeline.fresh and isRefusal(reason):
            pool.counts.closes["refused"] += 1
            self._turnedAway(pipeline, unanswered, f"TLS handshake failed: {why}")
        elif unanswered:
            pool.counts.closes["cut"] += 1
            self._cutShort(pipeline, unanswered, busy, why)
        elif not rested:
            pool.counts.closes["replaced" if aside else "idle"] += 1
        else:
            pool.counts.closes["peer"] += 1
            if why:
                pool.complain("read", f"closed: {why}", pipeline)
            pool.connectionMonitor.closedAtRest(pipeline)

    def _turnedAway(self, pipeline: Pipeline, unanswered: list[PendingQuery], reason: str) -> None:
        """Asking there again is no use, and no connection is a sign of life before an answer."""
        pool = self._pool
        pool.complain("tls", reason, pipeline)
        pool.connectionMonitor.mute = True
        if not pool.connections.open:
            pool.backOff()
        for pending in unanswered:
            pool.common.failed(pending, reason)

    def _cutShort(self, pipeline: Pipeline, unanswered: list[PendingQuery], busy: int, why: str) -> None:
        if pipeline.fresh and not why:
            why = self._pool.peer.wants(pipeline.transport)
        text = f"closed with {len(unanswered)} queries in flight"
        self._pool.complain("read", f"{text}: {why}" if why else text, pipeline)
        self._pool.connectionMonitor.cutShort(pipeline, busy)
        for pending in unanswered:
            self._resends.closed(pending, why)
