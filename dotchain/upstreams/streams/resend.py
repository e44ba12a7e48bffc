"""Queries whose connection ended, or fell silent, under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from ...tls.client import UpstreamIdentity
    from ..pendingquery import PendingQuery
    from .pipeline import Pipeline
    from .pool import Pool


class Resends:
    """
    Send them again, at the most twice: three times in all (RFC 9520 section 3.1).

    The first time they share a fresh connection. Where that ends too, one of them may be
    what its peer can't bear, and would take the others with it: then each goes alone.

    @ivar alone: the pool by which they do, once there was one.
    """

    # Connections at a time that carry one query each, and no other after it.
    ALONE = 8

    def __init__(self, pool: Pool, identity: UpstreamIdentity | None, sidePoolOf: Pool | None) -> None:
        """
        @param identity: whom its peer must prove to be.
        @param sidePoolOf: the pool whose queries this one sends alone, or None.
        """
        self._pool = pool
        self._identity = identity
        self._sidePoolOf = sidePoolOf
        self.alone: Pool | None = None

    @property
    def grace(self) -> float:
        """See L{grace<..endpoint.Endpoint.grace>}, by what is known of the connections that are shared."""
        return self._pool.LATEST if self._sidePoolOf is None else self._sidePoolOf.grace

    @property
    def shared(self) -> bool:
        """Whether many queries share a connection of the pool."""
        return self._sidePoolOf is None

    def heard(self) -> None:
        """Somebody is there, whatever ended the connections that are shared."""
        if self._sidePoolOf is not None:
            self._sidePoolOf.failures, self._sidePoolOf.retryAt = 0, 0.0

    @property
    def nothingOpen(self) -> bool:
        """Whether nothing is open for them."""
        return self.alone is None or self.alone.nothingOpen

    def closed(self, pending: PendingQuery, why: str) -> None:
        """
        The connection was closed with this query in flight.

        @param why: what the peer said, or nothing.
        """
        if not self._spent(pending, "connection closed with the query in flight", why):
            self._submit(pending, self._choose(pending))

    def silent(self, pending: PendingQuery) -> None:
        """
        Nothing at all came over the connection. What is slow would be so on any, and servers bear
        only so many such on one: it must not be in the way of others.
        """
        if not self._spent(pending, "no answer over the connection"):
            pool = self._apart if pending.slow and self.shared else self._pool
            # There a connection is full with it.
            pending.slow = False
            self._submit(pending, pool)

    def askAgain(self, pipeline: Pipeline) -> None:
        """
        Send what is in flight over a connection again, over another one; where it is left so soon
        only what was sent once.
        """
        soon = pipeline.patience < pipeline.REST
        pipeline.forgetLivenessQuery()
        for pending in pipeline.inFlightTable.left():
            if not (soon and pending.resent):
                self.silent(pending)

    def forsake(self, pipeline: Pipeline) -> None:
        """Close a connection at once, and send what it owes again."""
        pipeline.forgetLivenessQuery()
        owed = pipeline.inFlightTable.drain()
        pipeline.abort()
        for pending in owed:
            self.silent(pending)

    def _submit(self, pending: PendingQuery, pool: Pool) -> None:
        """Send it, and elsewhere too where a connection for it is long in coming."""
        if not pool.ready:
            pending.moveAt = min(pending.moveAt, pool.common.now() + pool.STAGGER)
            pool.common.reschedule(pending)
        pool.submit(pending)

    def _spent(self, pending: PendingQuery, reason: str, why: str = "") -> bool:
        if pending.resent >= pending.RESENDS:
            text = f"{reason}, {pending.RESENDS + 1} times"
            self._pool.common.failed(pending, f"{text}: {why}" if why else text)
            return True
        pending.resent += 1
        return False

    def _choose(self, pending: PendingQuery) -> Pool:
        """What is slow was there long before: it is not what its peer can't bear."""
        together = pending.resent == 1 or pending.slow or not self.shared
        return self._pool if together else self._apart

    @property
    def _apart(self) -> Pool:
        """Where each goes alone."""
        if self.alone is None:
            pool, limits = self._pool, {"connections": self.ALONE, "perConnection": 1}
            self.alone = type(pool)(pool.address, pool.common, self._identity, **limits, sidePoolOf=pool)
        return self.alone

    def sweep(self, now: float) -> None:
        """Retire what is unused."""
        if self.alone is not None:
            self.alone.sweep(now)

    def networkChanged(self, slept: bool) -> None:
        """See L{networkChanged<..endpoint.Endpoint.networkChanged>}."""
        if self.alone is not None:
            self.alone.networkChanged(slept)

    def stop(self) -> Deferred[None] | None:
        """Close everything."""
        return None if self.alone is None else self.alone.stop()
