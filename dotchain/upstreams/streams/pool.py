"""A TCP or TLS address of an upstream: dialled on demand, connections kept and shared."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from twisted.internet.defer import Deferred, gatherResults
from twisted.python.failure import Failure

from ...reason import phrase
from ...tls.client import UpstreamIdentity
from ...tls.errors import AuthenticationError
from ..endpoint import Endpoint
from ..inflighttable import InFlightTable
from ..upstreamcommon import UpstreamCommon
from .connectioncounts import ConnectionCounts
from .connectionmonitor import ConnectionMonitor
from .connections import Connections
from .dial import Dial
from .endings import Endings
from .peer import Peer
from .pipeline import Pipeline
from .resend import Resends
from .window import Window

if TYPE_CHECKING:
    from ...address import Address
    from ..pendingquery import PendingQuery


class Pool(Endpoint):
    """
    Connections to one address.

    One dial is under way at a time; queries that find no connection wait for it.

    @ivar peer: who is there.
    @ivar encrypted: whether it is TLS.
    @ivar preface: octets that each connection begins with.
    @ivar outside: they stand in front of TLS, not inside.
    @ivar dials: connections begun.
    @ivar counts: what became of them.
    @ivar askedAt: when a query was last sent.
    @ivar window: how many queries a connection bears.
    @ivar connectionMonitor: what watches over them.
    @ivar connections: what there is.
    @ivar resends: what sends queries again.
    """

    # Seconds without another connection where one is open and no second could be had.
    ENOUGH: ClassVar[float] = 30.0

    def __init__(
        self,
        address: Address,
        common: UpstreamCommon,
        identity: UpstreamIdentity | None = None,
        *,
        connections: int = 1,
        perConnection: int = 4096,
        sidePoolOf: Pool | None = None,
    ) -> None:
        """
        @param connections: how many to hold at the most (RFC 7766 section 6.2.2 wants one).
        @param perConnection: queries in flight of one connection, at the most.
        @param sidePoolOf: the pool whose queries it sends alone (L{Resends}).
        """
        super().__init__(address, common)
        self.peer = Peer(identity, address)
        self.encrypted = self.peer.encrypted
        self.resends = Resends(self, identity, sidePoolOf)
        self._endings = Endings(self, self.resends)
        self.preface: bytes = b"" if sidePoolOf is None else sidePoolOf.preface
        introduces = common.settings.introduces
        self.outside = self.encrypted and introduces is not None and introduces.outside
        self.dials = 0
        self.counts = ConnectionCounts()
        self.connections = Connections()
        self._most = connections
        self.window = Window(min(perConnection, InFlightTable.LIMIT))
        self.connectionMonitor = ConnectionMonitor(self)
        self.askedAt = 0.0
        self._moreAt = 0.0
        self._waiting: deque[PendingQuery] = deque()
        self._dialing: Dial | None = None
        self._stops: list[Deferred[None]] = []

    @property
    def refused(self) -> bool:
        """See L{Endpoint.refused}."""
        return self.peer.refused

    @property
    def trustAD(self) -> bool:
        """An authenticated way carries the AD flag unharmed (RFC 4035 section 4.6)."""
        return super().trustAD or self.peer.authenticated

    @property
    def carriers(self) -> Iterable[Pipeline]:
        """See L{Endpoint.carriers}."""
        return self.connections.alive

    @property
    def sidePools(self) -> Iterable[Endpoint]:
        """See L{Endpoint.sidePools}: where queries go alone."""
        return () if self.resends.alone is None else (self.resends.alone,)

    @property
    def nothingOpen(self) -> bool:
        """See L{Endpoint.nothingOpen}."""
        held = self.connections
        return self._dialing is None and not (held.open or held.aside) and self.resends.nothingOpen

    @property
    def ready(self) -> bool:
        """See L{Endpoint.ready}."""
        return bool(self.connections.open)

    @property
    def grace(self) -> float:
        """See L{Endpoint.grace}."""
        return super().grace if self.answers else self.resends.grace

    def submit(self, pending: PendingQuery) -> None:
        """See L{Endpoint.submit}."""
        window = self.window.size
        pipeline = self.connections.leastBusy(window) or self._room()
        if pipeline is None:
            self._waiting.append(pending)
            self._dial()
        elif pipeline.send(pending, self.wire(pending, self.encrypted, True)) >= window // 2:
            self._dial()

    @property
    def standing(self) -> bool:
        """See L{Endpoint.standing}."""
        return bool(self.connections.open)

    def _room(self) -> Pipeline | None:
        """
        All connections are full: look whether of queries that are late, which fill none, and find
        it out where it can't be seen.
        """
        now, grace = self.common.now(), self.grace
        for pipeline in self.connections.open:
            pipeline.inFlightTable.settle(grace)
        found = self.connections.leastBusy(self.window.size)
        if found is None:
            for pipeline in tuple(self.connections.open):
                if now - pipeline.inFlightTable.oldest > grace:
                    pipeline.sendLivenessQuery(now)
        return found

    def _dial(self) -> None:
        """Begin a connection, unless one is under way or there are enough."""
        if self.connections.open and (
            len(self.connections.open) >= self._most or self.common.now() < self._moreAt
        ):
            return
        if self._dialing is None and not self._stops and self.connectionMonitor.mayAdd():
            self._begin()

    def _begin(self) -> None:
        """What was left to make room is asked again, and may have had one dialled by itself."""
        if self._dialing is None:
            self._dialing = Dial(self)
            self._dialing.start()

    def connected(self, pipeline: Pipeline) -> None:
        """A connection may be used: all that waited goes out on it."""
        if self._dialing is None or self._dialing.pipeline is not pipeline:
            pipeline.abort()
            return
        self._dialing.done()
        self._dialing = None
        if self.preface and not self.outside:
            pipeline.transport.write(self.preface)
        self.connections.open.append(pipeline)
        if not self.connectionMonitor.mute:
            self.retryAt = self.retryAt if self.doubtful else 0.0
        elif not self._waiting:
            pipeline.sendLivenessQuery(self.common.now())
        self.resume()

    def resume(self) -> None:
        """Send what waits, as much as the connections take."""
        waiting = self._waiting
        window = self.window.size
        while waiting and (pipeline := self.connections.leastBusy(window) or self._room()) is not None:
            pending = waiting.popleft()
            if not pending.done:
                pipeline.send(pending, self.wire(pending, self.encrypted, True))
        if waiting:
            self._dial()

    def probe(self) -> bool:
        """See L{Endpoint.probe}."""
        if not self.connections.open:
            self._dial()
        return True

    def keepReady(self) -> None:
        """Have a connection ready, unless each is there for one query alone."""
        if self.resends.shared:
            self.probe()

    def handshakeCompleted(self, pipeline: Pipeline) -> None:
        """The peer has proven what it can; go on only if that is enough."""
        try:
            report = self.peer.judge(pipeline.transport, not self.connections.open)
        except AuthenticationError as error:
            self.dialFailed("verify", phrase("authentication failed: {}", error.text))
            return
        self.counts.judged(report)
        if report.reason:
            self.complain("verify", phrase("is not authenticated: {}", report.reason))
        self.connected(pipeline)

    def dialFailed(self, phase: str, reason: str) -> None:
        """No connection could be had; what waited for it goes elsewhere."""
        if self._dialing is not None:
            dialing, self._dialing = self._dialing, None
            dialing.done()
            dialing.abandon()
        self.complain(phase, reason)
        if self.connections.open:
            self._moreAt = self.common.now() + self.ENOUGH
        else:
            self.backOff()
            self._giveUp(reason)

    def _giveUp(self, reason: str) -> None:
        waiting, self._waiting = self._waiting, deque()
        for pending in waiting:
            if not pending.done:
                self.common.failed(pending, reason)

    def heard(self, pipeline: Pipeline, answers: int) -> None:
        """Responses have come over a connection."""
        self.connectionMonitor.mute = False
        self.resends.heard()
        if not self.resends.shared or pipeline.keepaliveTimeout == 0:
            # RFC 7828 section 3.2.2: no new queries there, those in flight are finished.
            self.connections.setAside(pipeline)
        if self._waiting:
            self.window.answered(answers)
            self.resume()

    def lost(self, pipeline: Pipeline, reason: Failure) -> None:
        """A connection has ended."""
        self.connections.alive.discard(pipeline)
        self.carried += pipeline.sent
        self.counts.ended(pipeline)
        if self._dialing is not None and self._dialing.pipeline is pipeline:
            self.dialFailed(*self.peer.explain(pipeline.transport, reason))
            return
        self._endings.ended(pipeline, reason)
        self.resume()
        if not self.connections.alive:
            stops, self._stops = self._stops, []
            for stopped in stops:
                stopped.callback(None)

    def sweep(self, now: float) -> None:
        """See L{Endpoint.sweep}."""
        self.connectionMonitor.sweep(now)
        self.resends.sweep(now)
        self.resume()

    def networkChanged(self, slept: bool = False) -> None:
        """See L{Endpoint.networkChanged}."""
        super().networkChanged(slept)
        if slept:
            self.connectionMonitor.leaveAll()
        else:
            self.connectionMonitor.leaveOldRoutes()
        self.resends.networkChanged(slept)
        self.resume()

    def stop(self) -> Deferred[None] | None:
        """See L{Endpoint.stop}."""
        stops = [each for each in (self._stopOwn(), self.resends.stop()) if each is not None]
        return gatherResults(stops).addCallback(lambda _: None) if stops else None

    def _stopOwn(self) -> Deferred[None] | None:
        dialing, self._dialing = self._dialing, None
        if dialing is not None:
            dialing.done()
            dialing.abandon()
        self._giveUp("stopping")
        if not self.connections.alive:
            return None
        stopped: Deferred[None] = Deferred()
        self._stops.append(stopped)
        for pipeline in list(self.connections.alive):
            pipeline.retire()
        return stopped
