"""The addresses of an upstream: which there are, and which of them is next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred

from ..address import Address, NamedAddress, Target
from ..reason import phrase
from .datagrams.introducingpool import IntroducingSocketPool
from .datagrams.socketpool import SocketPool
from .endpoint import Endpoint
from .naming.lookup import Lookup
from .streams.connectionmonitor import ConnectionMonitor
from .streams.introducingpool import IntroducingPool
from .streams.pool import Pool
from .upstreamcommon import UpstreamCommon

if TYPE_CHECKING:
    from ..tls.client import UpstreamIdentity
    from .naming.bootstrap import Bootstrap
    from .pendingqueries import PendingQueries
    from .pendingquery import PendingQuery


class EndpointSelection:
    """
    What the addresses of an upstream lead to, in the order of trying.

    Those of names come and go with what the names are found to be. An address that
    stays keeps its connections; one that is gone is left as soon as nobody waits there.

    @ivar endpoints: the addresses, in the order of trying; the list stays the same object.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        identity: UpstreamIdentity | None,
        common: UpstreamCommon,
        bootstrap: Bootstrap | None,
        changed: Callable[[], None],
        *,
        connections: int,
        sockets: int,
    ) -> None:
        """
        @param targets: in the order of trying.
        @param identity: whom TLS must lead to.
        @param bootstrap: what the names among the targets are resolved by.
        @param changed: called when there may be other addresses, and when none could be found.
        """
        self.endpoints: list[Endpoint] = []
        self._targets = targets
        self._identity = identity
        self._common = common
        self._sizes = connections, sockets
        self._files: int | None = None
        self._bootstrap = bootstrap
        self._changed = changed
        self._gone: list[Endpoint] = []
        self._down: set[Endpoint] = set()
        names = dict.fromkeys(each.name for each in targets if isinstance(each, NamedAddress))
        self._lookups = {
            name: Lookup(name, bootstrap, common, self._found) for name in names if bootstrap is not None
        }
        self._lead()

    def _found(self) -> None:
        self._lead()
        self._changed()

    def _lead(self) -> None:
        """Lead to all addresses that are known now."""
        known = {endpoint.address: endpoint for endpoint in [*self.endpoints, *self._gone]}
        self.endpoints[:] = [known.get(each) or self._make(each) for each in dict.fromkeys(self._resolved())]
        self._gone = [endpoint for endpoint in known.values() if endpoint not in self.endpoints]

    def _resolved(self) -> Iterator[Address]:
        for each in self._targets:
            if isinstance(each, NamedAddress):
                hosts = self._lookups[each.name].hosts
                source = self._common.settings.source
                yield from (each.at(host) for host in hosts if source is None or source.reaches(host))
            else:
                yield each

    def _make(self, address: Address) -> Endpoint:
        connections, sockets = self._sizes
        introduces = self._common.settings.introduces
        told = introduces is not None
        pool, socketPool = (IntroducingPool, IntroducingSocketPool) if told else (Pool, SocketPool)
        made: Endpoint
        if address.transport == "udp":
            overTCP = pool(address._replace(transport="tcp"), self._common)
            made = socketPool(address, self._common, overTCP, sockets=sockets)
        else:
            identity = self._identity if address.transport == "tls" else None
            made = pool(address, self._common, identity, connections=connections)
        made.downgrades = self._identity is not None and address.transport != "tls"
        if self._files is not None:
            made.limitOpenFiles(self._files)
        return made

    @staticmethod
    def _most(target: Target) -> int:
        """How many addresses it may lead to."""
        return Lookup.MOST * len(Lookup.KINDS) if isinstance(target, NamedAddress) else 1

    @property
    def mostFiles(self) -> int:
        """Files that may be open at a time, if all names have all the addresses that they may have."""
        connections, sockets = self._sizes
        udp = sum(self._most(each) for each in self._targets if each.transport == "udp")
        # What wears out leaves connections that only wait.
        aside = ConnectionMonitor.ASIDE if self._common.settings.queries else 0
        introduces = self._common.settings.introduces
        if introduces is not None:
            connections *= 1 + introduces.connections
        # One more watches the sockets.
        return sum(map(self._most, self._targets)) * (connections + 2 + aside) + udp * (sockets + 1)

    def limitOpenFiles(self, files: int) -> None:
        """Open no more files than this, as far as there are UDP sockets to do without."""
        self._files = files // sum(map(self._most, self._targets))
        for endpoint in self.endpoints:
            endpoint.limitOpenFiles(self._files)

    def addresses(self) -> list[Address]:
        """Those that are known now, in the order of trying."""
        return [endpoint.address for endpoint in self.endpoints]

    def answeredFor(self) -> float:
        """When the newest of the queries that any of them answered had been sent; 0 where none was."""
        return max((endpoint.answeredFor for endpoint in self.endpoints), default=0.0)

    def choose(self, pending: PendingQuery) -> Endpoint | None:
        """The best address that is not known to be down and was not tried; else one that was."""
        usable = self._proper([endpoint for endpoint in self.endpoints if endpoint.usable])
        if not usable:
            # Left alone for silence, which one slow name can cause: others need not wait for its end.
            usable = [endpoint for endpoint in self.endpoints if endpoint.standing]
        untried = [endpoint for endpoint in usable if endpoint not in pending.tried]
        if pending.resent >= pending.RESENDS or pending.fallback is not None:
            # Sent three times to one address already (RFC 9520 section 3.1), or answered there.
            usable = untried
        chosen = next(iter(self._sure(untried) or usable), None)
        if chosen is not None and chosen.doubtful:
            # One query finds out, the others need not wait for it.
            chosen.backOff()
        return chosen

    @staticmethod
    def _sure(endpoints: list[Endpoint]) -> list[Endpoint]:
        """
        The same, those that failed last and are tried again without a query behind those
        that work: nobody waits for them.
        """
        working = [endpoint for endpoint in endpoints if endpoint.retryAt <= 0.0]
        if not working or len(working) == len(endpoints):
            return endpoints
        failed = [endpoint for endpoint in endpoints if endpoint.retryAt > 0.0 and not endpoint.doubtful]
        probed = [endpoint for endpoint in failed if endpoint.probe()]
        return [endpoint for endpoint in endpoints if endpoint not in probed] + probed

    def _proper(self, usable: list[Endpoint]) -> list[Endpoint]:
        """Clear text in place of TLS only while no TLS can be had, which is tried again behind it."""
        encrypted = [endpoint for endpoint in usable if not endpoint.downgrades]
        if not encrypted or len(encrypted) == len(usable):
            return usable
        if any(endpoint.retryAt <= 0.0 for endpoint in encrypted):
            return encrypted
        for endpoint in encrypted:
            endpoint.probe()
        return [endpoint for endpoint in usable if endpoint.downgrades]

    def quicker(self, pending: PendingQuery, endpoint: Endpoint) -> Endpoint:
        """An address where a connection stands already, while this one is dialled: nobody waits for that."""
        standing = [
            each for each in self.endpoints if each.ready and each.usable and each not in pending.tried
        ]
        alike = [each for each in standing if each.address.transport == endpoint.address.transport]
        if alike:
            endpoint.probe()
        return alike[0] if alike else endpoint

    @property
    def untimely(self) -> bool:
        """Whether a certificate was refused for its dates."""
        return any(isinstance(endpoint, Pool) and endpoint.peer.untimely for endpoint in self.endpoints)

    @property
    def trouble(self) -> str:
        """Why no address may be tried now."""
        known = [endpoint.failureLog.last for endpoint in self.endpoints if endpoint.failureLog.last]
        if known:
            return phrase("not tried again yet: {}", known[0])
        unresolved = [each.trouble for each in self._lookups.values() if each.trouble]
        return unresolved[0] if unresolved else "no address can be reached"

    def look(self) -> bool:
        """
        Resolve all names anew, unless that was done a moment ago.

        @return: whether an answer is awaited.
        """
        awaited = [lookup.look() for lookup in self._lookups.values()]
        return any(awaited)

    def reload(self) -> None:
        """Read anew what names are resolved by, and resolve them with the next query."""
        if self._bootstrap is not None:
            self._bootstrap.reload()
        self._expire()

    def _expire(self) -> None:
        for lookup in self._lookups.values():
            lookup.expire()

    def networkChanged(self, slept: bool = False) -> None:
        """See L{Endpoint.networkChanged}: names may lead elsewhere, too."""
        if self._bootstrap is not None:
            self._bootstrap.networkChanged()
        for endpoint in [*self.endpoints, *self._gone]:
            endpoint.networkChanged(slept)
        self._expire()

    @property
    def nothingOpen(self) -> bool:
        """Whether nothing is open."""
        return not self._gone and all(endpoint.nothingOpen for endpoint in self.endpoints)

    def sweep(self, now: float, pendingQueries: PendingQueries) -> None:
        """
        Retire what is idle; called several times a second while something is open.

        @param pendingQueries: the queries that somebody waits for.
        """
        if self._lookups:
            self._watch()
        for endpoint in [*self.endpoints, *self._gone]:
            endpoint.sweep(now)
        if self._gone:
            awaited = {endpoint for pending in pendingQueries.all() for endpoint in pending.tried}
            for endpoint in [each for each in self._gone if each not in awaited]:
                self._gone.remove(endpoint)
                endpoint.stop()

    def _watch(self) -> None:
        """Resolve names whose TTL is over, and all where an address begins to fail."""
        for lookup in self._lookups.values():
            lookup.lookWhenDue()
        down = {endpoint for endpoint in self.endpoints if endpoint.failures}
        if down - self._down:
            self.look()
        self._down = down

    def start(self) -> None:
        """Resolve names again after a stop."""
        if self._bootstrap is not None:
            self._bootstrap.start()

    def stop(self) -> list[Deferred[Any]]:
        """Close everything; what fires when that is done."""
        for lookup in self._lookups.values():
            lookup.stop()
        gone, self._gone = self._gone, []
        stops: list[Deferred[Any] | None] = [endpoint.stop() for endpoint in [*self.endpoints, *gone]]
        if self._bootstrap is not None:
            stops.append(self._bootstrap.stop())
        return [each for each in stops if each is not None]
