"""A TCP or TLS address of an upstream: dialled on demand, connections kept and shared."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IConnector
from twisted.internet.protocol import ClientFactory
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from twisted.python.failure import Failure

from ..tls.client import Identity
from ..tls.errors import AuthenticationError
from ..tls.explain import explain
from ..tls.verify import Report
from ..wire import outgoing
from .flight import Flight
from .pipeline import Pipeline
from .route import Route, Surroundings

if TYPE_CHECKING:
    from ..address import Address
    from .flight import Errand


class Pool(Route):
    """
    Connections to one address.

    One dial is under way at a time; queries that find no connection wait for it.

    @ivar identity: whom the peer must prove to be; None for clear text.
    @ivar report: how the last TLS handshake went.
    @ivar dials: connections begun.
    @ivar alive: connections that have not yet ended, those being closed among them.
    """

    def __init__(
        self,
        address: Address,
        surroundings: Surroundings,
        identity: Identity | None = None,
        *,
        connections: int = 1,
        perConnection: int = 4096,
    ) -> None:
        """
        @param connections: how many to hold at the most (RFC 7766 section 6.2.2 wants one).
        @param perConnection: queries in flight of one connection, at the most.
        """
        super().__init__(address, surroundings)
        self.identity = identity
        self.report: Report | None = None
        self.dials = 0
        self.alive: set[Pipeline] = set()
        self._authenticated = False
        self._most = connections
        self._perConnection = min(perConnection, Flight.LIMIT)
        self._moreAt = 0.0
        self._open: list[Pipeline] = []
        self._waiting: deque[Errand] = deque()
        self._dialing: _Dial | None = None
        self._stops: list[Deferred[None]] = []

    @property
    def encrypted(self) -> bool:
        """Whether it is TLS."""
        return self.identity is not None

    @property
    def trusted(self) -> bool:
        """An authenticated way carries the AD flag unharmed (RFC 4035 section 4.6)."""
        return super().trusted or self._authenticated

    @property
    def atRest(self) -> bool:
        """See L{Route.atRest}."""
        return self._dialing is None and not self._open

    def submit(self, errand: Errand) -> None:
        """See L{Route.submit}."""
        pipeline = self._leastBusy()
        if pipeline is not None:
            pipeline.send(errand, outgoing(errand.query, self.encrypted))
        else:
            self._waiting.append(errand)
        if pipeline is None or len(pipeline.flight) >= self._perConnection // 2:
            self._dial()

    def _leastBusy(self) -> Pipeline | None:
        """The connection with the fewest queries in flight that takes one more."""
        if not self._open:
            return None
        pipeline = self._open[0]
        if len(self._open) > 1:
            pipeline = min(self._open, key=lambda each: len(each.flight))
        return pipeline if len(pipeline.flight) < self._perConnection else None

    def _dial(self) -> None:
        """Begin a connection, unless one is under way or there are enough."""
        if self._open and (len(self._open) >= self._most or self.around.now() < self._moreAt):
            return
        if self._dialing is None and not self._stops:
            self.dials += 1
            self._dialing = _Dial(self)
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
                pipeline.send(errand, outgoing(errand.query, self.encrypted))
        if waiting:
            self._dial()

    def probe(self) -> None:
        """See L{Route.probe}."""
        if not self._open:
            self._dial()

    def handshakeCompleted(self, pipeline: Pipeline) -> None:
        """The peer has proven what it can; go on only if that is enough (RFC 8310 section 6.6)."""
        assert self.identity is not None
        transport: Any = pipeline.transport
        try:
            self.report = self.identity.verify(transport.getHandle())
        except AuthenticationError as error:
            self.refused = True
            self.dialFailed(f"authentication failed: {error}")
            return
        self.refused = False
        if self.report.reason:
            self.complain("authentication", f"is not authenticated: {self.report.reason}")
        # Of several connections the least trusted counts.
        self._authenticated = self.report.authenticated and (self._authenticated or not self._open)
        self.connected(pipeline)

    def firstAnswer(self, pipeline: Pipeline) -> None:
        """Tickets have come by now: keep the newest for the next connection (RFC 8446 section 4.6.1)."""
        if self.identity is not None:
            transport: Any = pipeline.transport
            self.identity.remember(transport.getHandle())

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

    def lost(self, pipeline: Pipeline, reason: Failure) -> None:
        """A connection has ended: at rest that is no failure; what was in flight is sent again once."""
        self.alive.discard(pipeline)
        if self._dialing is not None and self._dialing.pipeline is pipeline:
            self.dialFailed(self._explain(pipeline, reason))
            return
        self.left(pipeline)
        unanswered = pipeline.flight.drain()
        if unanswered and pipeline.fresh and not self._open:
            self.backOff()
        for errand in unanswered:
            if errand.resent:
                self.around.failed(errand, "connection closed with the query in flight, twice")
            else:
                errand.resent = True
                self.submit(errand)
        self.resume()
        if not self.alive:
            stops, self._stops = self._stops, []
            for stopped in stops:
                stopped.callback(None)

    def left(self, pipeline: Pipeline) -> None:
        """A connection takes no more queries."""
        if pipeline in self._open:
            self._open.remove(pipeline)

    def _explain(self, pipeline: Pipeline, reason: Failure) -> str:
        if self.identity is None:
            return f"connection failed: {reason.getErrorMessage()}"
        transport: Any = pipeline.transport
        connection = transport.getHandle() if transport is not None else None
        self.refused = bool(getattr(connection, "failings", ()))
        phase = "authentication" if self.refused else "TLS handshake"
        return f"{phase} failed: {explain(reason, self.identity, connection)}"

    def sweep(self, now: float) -> None:
        """See L{Route.sweep}: an unused connection is closed before the peer does it."""
        half = self._perConnection // 2
        for pipeline in list(self._open):
            flight = pipeline.flight
            worn = len(flight) > half and flight.forsaken > half
            if worn or (now - pipeline.usedAt > self.around.idle and not flight.waiting()):
                pipeline.retire()
        self.resume()

    def stop(self) -> Deferred[None] | None:
        """See L{Route.stop}."""
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

    def reload(self) -> None:
        """Read trusted CAs anew; connections to come are authenticated by them."""
        if self.identity is not None:
            self.identity.reload()


class _TLSFactory(TLSMemoryBIOFactory):
    """TLS without Twisted's gathering of small writes, which would wait for one more turn."""

    protocol = TLSMemoryBIOProtocol
    noisy = False


class _Dial(ClientFactory):
    """One attempt at a connection, with one time limit for TCP and TLS together."""

    noisy = False

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connector: Any = None
        self.pipeline: Pipeline | None = None
        self._timer = pool.around.reactor.callLater(pool.around.patience, self._expired)

    def start(self) -> None:
        """Dial."""
        pool = self._pool
        creator = pool.identity and pool.identity.at(str(pool.address))
        reactor = pool.around.reactor
        factory = _TLSFactory(creator, True, self, reactor) if creator else self
        self._connector = reactor.connectTCP(pool.address.host, pool.address.port, factory)

    def buildProtocol(self, addr: IAddress | None) -> Pipeline:
        """See L{ClientFactory}."""
        self.pipeline = Pipeline(self._pool)
        return self.pipeline

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """See L{ClientFactory}."""
        if self._timer.active():
            self._pool.dialFailed(f"connection failed: {reason.getErrorMessage()}")

    def _expired(self) -> None:
        seconds = self._pool.around.patience
        phase = "TLS handshake" if self.pipeline is not None else "TCP connection"
        self._pool.dialFailed(f"{phase} not done in {seconds:g} s")

    def done(self) -> None:
        """The attempt is over."""
        if self._timer.active():
            self._timer.cancel()

    def abandon(self) -> None:
        """Close whatever there is of it."""
        if self.pipeline is not None:
            self.pipeline.abort()
        elif self._connector is not None:
            self._connector.disconnect()
