"""The addresses of an upstream: which there are, and which of them is next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred

from ..address import Address, NamedAddress, Target
from ..reason import phrase
from .datagram import Datagrams
from .naming.lookup import Lookup
from .route import Route
from .streams.pool import Pool
from .surroundings import Surroundings

if TYPE_CHECKING:
    from ..tls.client import UpstreamIdentity
    from .errands import Errands
    from .flight import Errand
    from .naming.bootstrap import Bootstrap


class Routing:
    """
    What the addresses of an upstream lead to, in the order of trying.

    Those of names come and go with what the names are found to be. An address that
    stays keeps its connections; one that is gone is left as soon as nobody waits there.

    @ivar routes: the addresses, in the order of trying; the list stays the same object.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        identity: UpstreamIdentity | None,
        around: Surroundings,
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
        self.routes: list[Route] = []
        self._targets = targets
        self._identity = identity
        self._around = around
        self._sizes = connections, sockets
        self._files: int | None = None
        self._bootstrap = bootstrap
        self._changed = changed
        self._gone: list[Route] = []
        self._down: set[Route] = set()
        names = dict.fromkeys(each.name for each in targets if isinstance(each, NamedAddress))
        self._lookups = {
            name: Lookup(name, bootstrap, around, self._found) for name in names if bootstrap is not None
        }
        self._lead()

    def _found(self) -> None:
        self._lead()
        self._changed()

    def _lead(self) -> None:
        """Lead to all addresses that are known now."""
        known = {route.address: route for route in [*self.routes, *self._gone]}
        self.routes[:] = [known.get(each) or self._make(each) for each in dict.fromkeys(self._resolved())]
        self._gone = [route for route in known.values() if route not in self.routes]

    def _resolved(self) -> Iterator[Address]:
        for each in self._targets:
            if isinstance(each, NamedAddress):
                yield from map(each.at, self._lookups[each.name].hosts)
            else:
                yield each

    def _make(self, address: Address) -> Route:
        connections, sockets = self._sizes
        made: Route
        if address.transport == "udp":
            overTCP = Pool(address._replace(transport="tcp"), self._around)
            made = Datagrams(address, self._around, overTCP, sockets=sockets)
        else:
            identity = self._identity if address.transport == "tls" else None
            made = Pool(address, self._around, identity, connections=connections)
        made.downgrades = self._identity is not None and address.transport != "tls"
        if self._files is not None:
            made.hold(self._files)
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
        return sum(map(self._most, self._targets)) * (connections + 2) + udp * sockets

    def hold(self, files: int) -> None:
        """Open no more files than this, as far as there are UDP sockets to do without."""
        self._files = files // sum(map(self._most, self._targets))
        for route in self.routes:
            route.hold(self._files)

    def choose(self, errand: Errand) -> Route | None:
        """The best address that is not known to be down and was not tried; else one that was."""
        usable = self._proper([route for route in self.routes if route.usable])
        if not usable:
            # Left alone for silence, which one slow name can cause: others need not wait for its end.
            usable = [route for route in self.routes if route.standing]
        untried = [route for route in usable if route not in errand.tried]
        if errand.resent >= errand.RESENDS or errand.said is not None:
            # Sent three times to one address already (RFC 9520 section 3.1), or answered there.
            usable = untried
        chosen = next(iter(self._sure(untried) or usable), None)
        if chosen is not None and chosen.doubtful:
            # One query finds out, the others need not wait for it.
            chosen.backOff()
        return chosen

    @staticmethod
    def _sure(routes: list[Route]) -> list[Route]:
        """
        The same, those that failed last and are tried again without a query behind those
        that work: nobody waits for them.
        """
        working = [route for route in routes if route.retryAt <= 0.0]
        if not working or len(working) == len(routes):
            return routes
        failed = [route for route in routes if route.retryAt > 0.0 and not route.doubtful]
        probed = [route for route in failed if route.probe()]
        return [route for route in routes if route not in probed] + probed

    def _proper(self, usable: list[Route]) -> list[Route]:
        """Clear text in place of TLS only while no TLS can be had, which is tried again behind it."""
        encrypted = [route for route in usable if not route.downgrades]
        if not encrypted or len(encrypted) == len(usable):
            return usable
        if any(route.retryAt <= 0.0 for route in encrypted):
            return encrypted
        for route in encrypted:
            route.probe()
        return [route for route in usable if route.downgrades]

    def quicker(self, errand: Errand, route: Route) -> Route:
        """An address where a connection stands already, while this one is dialled: nobody waits for that."""
        standing = [each for each in self.routes if each.ready and each.usable and each not in errand.tried]
        alike = [each for each in standing if each.address.transport == route.address.transport]
        if alike:
            route.probe()
        return alike[0] if alike else route

    @property
    def untimely(self) -> bool:
        """Whether a certificate was refused for its dates."""
        return any(isinstance(route, Pool) and route.peer.untimely for route in self.routes)

    @property
    def trouble(self) -> str:
        """Why no address may be tried now."""
        known = [route.failureLog.last for route in self.routes if route.failureLog.last]
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
        """See L{Route.networkChanged}: names may lead elsewhere, too."""
        if self._bootstrap is not None:
            self._bootstrap.networkChanged()
        for route in [*self.routes, *self._gone]:
            route.networkChanged(slept)
        self._expire()

    @property
    def atRest(self) -> bool:
        """Whether nothing is open."""
        return not self._gone and all(route.atRest for route in self.routes)

    def sweep(self, now: float, errands: Errands) -> None:
        """
        Retire what is idle; called several times a second while something is open.

        @param errands: the queries that somebody waits for.
        """
        if self._lookups:
            self._watch()
        for route in [*self.routes, *self._gone]:
            route.sweep(now)
        if self._gone:
            awaited = {route for errand in errands.all() for route in errand.tried}
            for route in [each for each in self._gone if each not in awaited]:
                self._gone.remove(route)
                route.stop()

    def _watch(self) -> None:
        """Resolve names whose TTL is over, and all where an address begins to fail."""
        for lookup in self._lookups.values():
            lookup.lookWhenDue()
        down = {route for route in self.routes if route.failures}
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
        stops: list[Deferred[Any] | None] = [route.stop() for route in [*self.routes, *gone]]
        if self._bootstrap is not None:
            stops.append(self._bootstrap.stop())
        return [each for each in stops if each is not None]
