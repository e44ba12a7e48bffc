"""TCP and TLS to an upstream that is told who asks: connections of which each is one client's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from twisted.internet.defer import Deferred, gatherResults

from ...client import siteOf
from ...tls.client import UpstreamIdentity
from ...wire import Answer
from ...wire.proxyheader import LOCAL
from ..endpoint import Endpoint
from ..introduction import Introducing, introduction
from ..upstreamcommon import UpstreamCommon
from .clientpool import ClientPool
from .crowd import Crowd
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

    Where there are as many clients as may be, the one unused longest is closed for another's sake; as long as
    all of them wait for answers, others wait for their turn.

    @ivar clients: the pools of clients, by header, the one used last behind the others.
    @ivar crowd: who waits for a place among them.
    @cvar PART: of the places, the part that one site may have: slow names of one leave room for others.
    """

    PART: ClassVar[int] = 4

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
        self.crowd = Crowd()
        self._whom = identity
        self._perClient = connections
        self._places = (common.settings.introduces or Introducing()).connections
        self._sites: Counter[str] = Counter()
        # Clients that have left their places, until their connections have ended.
        self._leaving: list[ClientPool] = []
        # Whether all places are taken by those who wait for answers.
        self._packed = self._letsIn = False

    @property
    def ready(self) -> bool:
        """See L{Endpoint.ready}: a client that is new has to wait for a connection of his own."""
        return False

    @property
    def standing(self) -> bool:
        """See L{Endpoint.standing}."""
        return False

    @property
    def answeredFor(self) -> float:
        """See L{Endpoint.answeredFor}."""
        return max(super().answeredFor, *(each.answeredFor for each in self.clients.values()), 0.0)

    @property
    def nothingOpen(self) -> bool:
        """See L{Endpoint.nothingOpen}."""
        return not (self.clients or self._leaving) and super().nothingOpen

    @property
    def sidePools(self) -> Iterable[Endpoint]:
        """See L{Endpoint.sidePools}."""
        return [*super().sidePools, *self.clients.values(), *self._leaving]

    def submit(self, pending: PendingQuery) -> None:
        """See L{Endpoint.submit}."""
        header = introduction(pending.query.client, self.outside)
        if header == LOCAL:
            super().submit(pending)
        elif header in self.clients:
            self._give(header, pending)
        else:
            self.crowd.add(siteOf(pending.query.client.address), header, pending)
            if not self._packed:
                self._letIn()

    def _give(self, header: bytes, pending: PendingQuery) -> None:
        pool = self.clients[header] = self.clients.pop(header)
        pool.submit(pending)

    def _mayEnter(self, site: str) -> bool:
        return self._sites[site] < max(self._places // self.PART, 1)

    def _letIn(self) -> None:
        """Give places to those who wait, as far as there are some."""
        self._letsIn = False
        while len(self.clients) + len(self._leaving) < self._places:
            found = self.crowd.next(self._mayEnter)
            if found is None:
                return
            site, header, pendings = found
            self._enter(site, header)
            for pending in pendings:
                if not pending.done:
                    self._give(header, pending)
        self._makeRoom()

    def _enter(self, site: str, header: bytes) -> None:
        pool = ClientPool(self.address, self.common, self._whom, connections=self._perClient)
        pool.join(self, header, site)
        self.clients[header] = pool
        self._sites[site] += 1

    def _makeRoom(self) -> None:
        """Close those unused longest, one for each who waits; their places are free when that is done."""
        wanted = len(self.crowd) - len(self._leaving)
        idle = [header for header, each in self.clients.items() if each.idle] if wanted > 0 else []
        for header in idle[:wanted]:
            self._leave(header)
        self._packed = bool(self.crowd) and not self._leaving

    def _leave(self, header: bytes) -> None:
        pool = self.clients.pop(header)
        self._sites[pool.site] -= 1
        if not self._sites[pool.site]:
            del self._sites[pool.site]
        pool.stop()
        self._leaving.append(pool)
        self.moved()

    def moved(self) -> None:
        """Something has ended that may have been in another's way: look at the end of this turn."""
        self._packed = False
        if not self._letsIn and (self.crowd or self._leaving):
            self._letsIn = True
            self.common.turn.call(self._lookOut)

    def _lookOut(self) -> None:
        for pool in [each for each in self._leaving if each.nothingAlive]:
            self._leaving.remove(pool)
            self._inherit(pool)
        self._letIn()

    def _inherit(self, pool: ClientPool) -> None:
        """Go on counting where a client's pool has ended."""
        self.carried += pool.carried
        self.answers += pool.answers
        self.bare += pool.bare
        self.dials += pool.dials
        self.counts.add(pool.counts)
        self.trips.add(pool.trips)

    def answeredBy(self, pending: PendingQuery, answer: Answer) -> None:
        """A client's connection has brought an answer: the address works."""
        self.slowerInARow = 0
        took = self.common.now() - pending.triedAt
        self.latency += (took - self.latency) * (self.WEIGHT if self.latency else 1.0)
        if self.failures or self.retryAt > 0.0:
            self._isBack()
        self.common.answered(pending, answer)
        if self.crowd:
            self.moved()

    @property
    def works(self) -> bool:
        """Whether a client has a connection: where another can get none, the address is up all the same."""
        return any(pool.connections.open for pool in self.clients.values())

    def failed(self, reason: str) -> None:
        """No connection can be had: neither for those who wait."""
        for pending in self.crowd.leave():
            self.common.failed(pending, reason)

    def sweep(self, now: float) -> None:
        """See L{Endpoint.sweep}: a client without a connection is forgotten."""
        super().sweep(now)
        for header, pool in list(self.clients.items()):
            pool.sweep(now)
            if pool.nothingOpen:
                self._leave(header)
        self.crowd.sweep()
        self._lookOut()

    def networkChanged(self, slept: bool = False) -> None:
        """See L{Endpoint.networkChanged}."""
        super().networkChanged(slept)
        for pool in self.clients.values():
            pool.networkChanged(slept)

    def stop(self) -> Deferred[None] | None:
        """See L{Endpoint.stop}."""
        self.failed("stopping")
        found = [super().stop(), *(pool.stop() for pool in (*self.clients.values(), *self._leaving))]
        self.clients.clear()
        self._sites.clear()
        self._leaving.clear()
        stops = [each for each in found if each is not None]
        return gatherResults(stops).addCallback(lambda _: None) if stops else None
