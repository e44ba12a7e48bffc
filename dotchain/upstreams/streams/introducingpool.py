"""TCP and TLS to an upstream that is told who asks: connections of which each is one client's."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from twisted.internet.defer import Deferred, gatherResults

from ...tls.client import UpstreamIdentity
from ...wire import Answer
from ...wire.proxyheader import LOCAL
from ..endpoint import Endpoint
from ..introduction import introduction
from ..upstreamcommon import UpstreamCommon
from .clientpool import ClientPool
from .pipeline import Pipeline
from .pool import Pool

if TYPE_CHECKING:
    from ...address import Address
    from ..pendingquery import PendingQuery


class IntroducingPool(Pool):
    """
    Connections to one address, each behind one PROXY header, by which alone they are shared.

    A header names one address and one port. So a client's connection to us has one to the upstream, for all
    its queries; over UDP each query that has to go by TCP has one of its own, as stubs change their ports.
    What is nobody's goes over connections of our own, which say LOCAL.

    @ivar clients: the pools of clients, by header, the one used last behind the others.
    @cvar CLIENTS: how many of them there may be at a time: a new one has the oldest idle one closed.
    """

    CLIENTS: ClassVar[int] = 256

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
        """See L{Pool}."""
        super().__init__(
            address,
            common,
            identity,
            connections=connections,
            perConnection=perConnection,
            sidePoolOf=sidePoolOf,
        )
        self.preface = LOCAL
        self.clients: dict[bytes, ClientPool] = {}
        self._whom = identity
        self._perClient = connections

    @property
    def ready(self) -> bool:
        """See L{Endpoint.ready}: a client that is new has to wait for a connection of his own."""
        return False

    @property
    def standing(self) -> bool:
        """See L{Endpoint.standing}."""
        return False

    @property
    def carriers(self) -> Iterable[Pipeline]:
        """See L{Endpoint.carriers}."""
        return chain(super().carriers, *(each.carriers for each in self.clients.values()))

    @property
    def nothingOpen(self) -> bool:
        """See L{Endpoint.nothingOpen}."""
        return not self.clients and super().nothingOpen

    @property
    def sidePools(self) -> Iterable[Endpoint]:
        """See L{Endpoint.sidePools}."""
        return [*super().sidePools, *self.clients.values()]

    def submit(self, pending: PendingQuery) -> None:
        """See L{Endpoint.submit}."""
        header = introduction(pending.query.client)
        if header == LOCAL:
            super().submit(pending)
            return
        pool = self.clients.pop(header, None)
        if pool is None:
            if not self._makeRoom():
                self.common.failed(pending, "too many clients at a time")
                return
            pool = self._made(header)
        self.clients[header] = pool
        pool.submit(pending)

    def _made(self, header: bytes) -> ClientPool:
        pool = ClientPool(self.address, self.common, self._whom, connections=self._perClient)
        pool.join(self, header)
        return pool

    def _makeRoom(self) -> bool:
        """Whether there is room for one more, now that the one unused longest is closed if need be."""
        if len(self.clients) < self.CLIENTS:
            return True
        header = next((header for header, each in self.clients.items() if each.idle), None)
        if header is None:
            return False
        self._leave(header)
        return True

    def _leave(self, header: bytes) -> None:
        pool = self.clients.pop(header)
        self.carried += pool.carried
        pool.stop()

    def answeredBy(self, pending: PendingQuery, answer: Answer) -> None:
        """A client's connection has brought an answer: the address works."""
        self.answers += 1
        self.slowerInARow = 0
        took = self.common.now() - pending.triedAt
        self.latency += (took - self.latency) * (self.WEIGHT if self.latency else 1.0)
        if self.failures or self.retryAt > 0.0:
            self._isBack()
        self.common.answered(pending, answer)

    def sweep(self, now: float) -> None:
        """See L{Endpoint.sweep}: a client without a connection is forgotten."""
        super().sweep(now)
        for header, pool in list(self.clients.items()):
            pool.sweep(now)
            if pool.nothingOpen:
                self._leave(header)

    def networkChanged(self, slept: bool = False) -> None:
        """See L{Endpoint.networkChanged}."""
        super().networkChanged(slept)
        for pool in self.clients.values():
            pool.networkChanged(slept)

    def stop(self) -> Deferred[None] | None:
        """See L{Endpoint.stop}."""
        found = [super().stop(), *(pool.stop() for pool in self.clients.values())]
        self.clients.clear()
        stops = [each for each in found if each is not None]
        return gatherResults(stops).addCallback(lambda _: None) if stops else None
