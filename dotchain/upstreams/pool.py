"""A TCP or TLS address of an upstream: dialled on demand, connections kept and shared."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred, gatherResults
from twisted.python.failure import Failure

from ..tls.client import Identity
from ..tls.errors import AuthenticationError
from .dial import Dial
from .flight import Flight
from .idle import IdleLimit
from .peer import Peer
from .pipeline import Pipeline
from .resend import Resends
from .route import Route, Surroundings
from .window import Window

if TYPE_CHECKING:
    from ..address import Address
    from .flight import Errand


class Pool(Route):
    """
    Connections to one address.

    One dial is under way at a time; queries that find no connection wait for it.

    @ivar peer: who is there.
    @ivar dials: connections begun.
    @ivar askedAt: when a query was last sent.
    @ivar window: how many queries a connection bears.
    @ivar limit: how long a connection may stay unused.
    @ivar alive: connections that have not yet ended, those being closed among them.
    """

    # Seconds without one octet, though some are due, after which a connection is not trusted.
    SILENCE = 2.0
    # Seconds after which a connection that was not heard falls under suspicion with another.
    STALE = 1.0

    def __init__(
        self,
        address: Address,
        surroundings: Surroundings,
        identity: Identity | None = None,
        *,
        connections: int = 1,
        perConnection: int = 4096,
        beside: Pool | None = None,
    ) -> None:
        """
        @param connections: how many to hold at the most (RFC 7766 section 6.2.2 wants one).
        @param perConnection: queries in flight of one connection, at the most.
        @param beside: the pool whose queries it sends alone (L{Resends}).
        """
        super().__init__(address, surroundings)
        self.peer = Peer(identity, address)
        self._resends = Resends(self, identity, beside)
        self.dials = 0
        self.alive: set[Pipeline] = set()
        self._most = connections
        self.window = Window(min(perConnection, Flight.LIMIT))
        self.limit = IdleLimit(surroundings.care.idle)
        self.askedAt = 0.0
        self._moreAt = 0.0
        self._open: list[Pipeline] = []
        self._aside: list[Pipeline] = []
        self._waiting: deque[Errand] = deque()
        self._dialing: Dial | None = None
        self._stops: list[Deferred[None]] = []

    @property
    def encrypted(self) -> bool:
        """Whether it is TLS."""
        return self.peer.encrypted

    @property
    def refused(self) -> bool:
        """See L{Route.refused}."""
        return self.peer.refused

    @property
    def trusted(self) -> bool:
        """An authenticated way carries the AD flag unharmed (RFC 4035 section 4.6)."""
        return super().trusted or self.peer.authenticated

    @property
    def atRest(self) -> bool:
        """See L{Route.atRest}."""
        return self._dialing is None and not (self._open or self._aside) and self._resends.atRest

    @property
    def ready(self) -> bool:
        """See L{Route.ready}."""
        return bool(self._open)

    def submit(self, errand: Errand) -> None:
        """See L{Route.submit}."""
        pipeline = self._leastBusy()
        if pipeline is not None:
            pipeline.send(errand, self.wire(errand, self.encrypted, True))
        else:
            self._waiting.append(errand)
        if pipeline is None or len(pipeline.flight) >= self.window.size // 2:
            self._dial()

    def _leastBusy(self) -> Pipeline | None:
        """The connection with the fewest queries in flight that takes one more."""
        if not self._open:
            return None
        pipeline = self._open[0]
        if len(self._open) > 1:
            pipeline = min(self._open, key=lambda each: len(each.flight))
        return pipeline if len(pipeline.flight) - pipeline.forsaken < self.window.size else None

    def _dial(self) -> None:
        """Begin a connection, unless one is under way or there are enough."""
        if self._open and (len(self._open) >= self._most or self.around.now() < self._moreAt):
            return
        if self._dialing is None and not self._stops:
            self.dials += 1
            self._dialing = Dial(self)
            self._dialing.start()

    def connected(self, pipeline: Pipeline) -> None:
        """A connection may be used: all that waited goes out on it."""
        if self._dialing is None or self._dialing.pipeline is not pipeline:
            pipeline.abort()
            return
        self._dialing.done()
        self._dialing = None
        self.retryAt = 0.0
        self._open.append(pipeline)
        self.resume()

    def resume(self) -> None:
        """Send what waits, as much as the connections take."""
        waiting = self._waiting
        while waiting and (pipeline := self._leastBusy()) is not None:
            errand = waiting.popleft()
            if not errand.done:
                pipeline.send(errand, self.wire(errand, self.encrypted, True))
        if waiting:
            self._dial()

    def probe(self) -> None:
        """See L{Route.probe}."""
        if not self._open:
            self._dial()

    def handshakeCompleted(self, pipeline: Pipeline) -> None:
        """The peer has proven what it can; go on only if that is enough."""
        try:
            report = self.peer.judge(pipeline.transport, not self._open)
        except AuthenticationError as error:
            self.dialFailed(f"authentication failed: {error}")
            return
        if report.reason:
            self.complain("authentication", f"is not authenticated: {report.reason}")
        self.connected(pipeline)

    def dialFailed(self, reason: str) -> None:
        """No connection could be had; what waited for it goes elsewhere."""
        if self._dialing is not None:
            dialing, self._dialing = self._dialing, None
            dialing.done()
            dialing.abandon()
        self.complain(reason.partition(":")[0], reason)
        if self._open:
            self._moreAt = self.around.now() + self.LONGEST
        else:
            self.backOff()
            self._giveUp(reason)

    def _giveUp(self, reason: str) -> None:
        waiting, self._waiting = self._waiting, deque()
        for errand in waiting:
            if not errand.done:
                self.around.failed(errand, reason)

    def heard(self, pipeline: Pipeline, answers: int) -> None:
        """Responses have come over a connection."""
        self._resends.heard()
        if self._waiting:
            self.window.answered(answers)
            self.resume()
        if pipeline.told == 0 or 0 < self.around.care.queries <= pipeline.sent:
            # RFC 7828 section 3.2.2: no new queries there, those in flight are finished.
            self._setAside(pipeline)

    def lost(self, pipeline: Pipeline, reason: Failure) -> None:
        """A connection has ended: at rest that is no failure; what was in flight is sent again."""
        self.alive.discard(pipeline)
        if self._dialing is not None and self._dialing.pipeline is pipeline:
            self.dialFailed(self.peer.explain(pipeline.transport, reason))
            return
        rested = not pipeline.retired and pipeline in self._open
        self.left(pipeline)
        unanswered = pipeline.flight.drain()
        if unanswered:
            self._cutShort(pipeline)
            for errand in unanswered:
                self._resends.closed(errand)
        elif rested:
            self.limit.closedByPeer(self.around.now() - pipeline.usedAt)
            self._keepWarm(pipeline)
        self.resume()
        if not self.alive:
            stops, self._stops = self._stops, []
            for stopped in stops:
                stopped.callback(None)

    def _cutShort(self, pipeline: Pipeline) -> None:
        """A connection ended with queries in flight: others that were not heard lately are no better."""
        if not pipeline.retired:
            self.window.cut()
        if pipeline.fresh and not self._open:
            self.backOff()
        stale = self.around.now() - self.STALE
        for other in [each for each in self._open if each.silentSince < stale]:
            self._setAside(other)

    def _setAside(self, pipeline: Pipeline) -> None:
        """Give a connection no more queries; it is closed when nobody waits for it any more."""
        if pipeline in self._open:
            self.left(pipeline)
            self._aside.append(pipeline)

    def _keepWarm(self, gone: Pipeline) -> None:
        """Have a connection ready for the next query, as long as there are some now and then."""
        recently = self._resends.shared and self.around.now() - self.askedAt < self.around.care.warm
        if recently and self.limit.seconds(gone.told) >= 1.0 and not self._open and not self.retryAt:
            self._dial()

    def left(self, pipeline: Pipeline) -> None:
        """A connection takes no more queries."""
        for held in (self._open, self._aside):
            if pipeline in held:
                held.remove(pipeline)

    def sweep(self, now: float) -> None:
        """See L{Route.sweep}: close what is unused before the peer does, leave what is silent."""
        for pipeline in list(self._open):
            self._tend(pipeline, now)
        for pipeline in list(self._aside):
            if not pipeline.flight.waiting():
                pipeline.retire()
        self._resends.sweep(now)
        self.resume()

    def _tend(self, pipeline: Pipeline, now: float) -> None:
        flight = pipeline.flight
        pipeline.forsaken = flight.forsaken
        if flight.waiting():
            if now - pipeline.silentSince > self.SILENCE:
                self._suspect(pipeline)
        elif now - pipeline.usedAt > self.limit.seconds(pipeline.told):
            self.limit.closedByUs()
            pipeline.retire()
            self._keepWarm(pipeline)
        if now - pipeline.madeAt > self.around.care.life or pipeline.forsaken > Flight.LIMIT // 2:
            self._setAside(pipeline)

    def _suspect(self, pipeline: Pipeline) -> None:
        """
        Something was asked and nothing at all comes: it may be a slow name, or a dead path.

        So the same is asked over a fresh connection, while the answer may still come
        over the old one.
        """
        self.complain("silent", f"is silent for {self.SILENCE:g} s; trying a new connection")
        self._setAside(pipeline)
        for errand in pipeline.flight.left():
            self._resends.silent(errand)

    def stop(self) -> Deferred[None] | None:
        """See L{Route.stop}."""
        stops = [each for each in (self._stopOwn(), self._resends.stop()) if each is not None]
        return gatherResults(stops).addCallback(lambda _: None) if stops else None

    def _stopOwn(self) -> Deferred[None] | None:
        dialing, self._dialing = self._dialing, None
        if dialing is not None:
            dialing.done()
            dialing.abandon()
        self._giveUp("stopping")
        if not self.alive:
            return None
        stopped: Deferred[None] = Deferred()
        self._stops.append(stopped)
        for pipeline in list(self.alive):
            pipeline.retire()
        return stopped
