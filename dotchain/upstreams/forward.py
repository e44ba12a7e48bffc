"""The upstream over the network: TLS, TCP or UDP, one address after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import dns.name
from twisted.application.service import Service
from twisted.internet.defer import DeferredList
from zope.interface import implementer, provider

from ..address import Address, Target
from ..clockwork import boottime
from ..contract.violations import turnEnd
from ..interfaces import IKind, IPromptResolver
from ..options import Options, defaults
from ..resolver import ResolveError
from ..shell import PromptShell
from ..tls.client import UpstreamIdentity
from ..wire import Query
from ..wire.outgoing import SUBNET_PRIVATE
from .deadlines import Deadlines
from .endpoint import Endpoint
from .endpointselection import EndpointSelection
from .forwardcore import ForwardCore
from .forwardoptions import FORWARD
from .introduction import Introducing, introducing, told
from .naming.bootstrap import Bootstrap, checkUse
from .naming.clock import ClockEndpoint, checkClockNames
from .netlink import KernelRoute, kernelRouteTo
from .nexton import NextOn
from .pendingqueries import PendingQueries
from .probing import Probing, probeQuery
from .profile import identify, leaks, ordered
from .rate import RatedCore
from .relaying.relay import Relay
from .source import Source, absent, checkSource
from .streams.pool import Pool
from .upstreamcommon import ConnectionSettings, UpstreamCommon


@implementer(IPromptResolver)
@provider(IKind)
class Forward(PromptShell, Service):
    """
    Ask a nameserver over the network: the first of its addresses that answers.

    @ivar addresses: where it is asked, as the operator wrote it.
    @ivar selection: where they come from.
    @ivar mostFiles: files that it may have open at a time.
    @ivar relay: passes on messages that are no questions.
    @ivar probing: what asks it queries of our own, or None.
    @ivar drained: its operator wants it to be asked no more where others can be.
    """

    kind: ClassVar[str] = "forward"
    role: ClassVar[str] = "upstream"
    options: ClassVar[Options] = FORWARD

    counters: ClassVar[Sequence[str]] = ("nextOn", "overRate")

    replays = False
    drained = False

    # How much of the time is for resolving the upstream's own name; the rest is for the query itself.
    BOOTSTRAP = 2 / 3

    def __init__(
        self,
        reactor: Any,
        *,
        address: tuple[Target, ...],
        bootstrap: tuple[Address, ...] | None,
        name: str | None,
        profile: str | None,
        pin_sha256: frozenset[bytes],
        ca_file: Path | None,
        sni: str | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
        source: Source | None = None,
        rate: float | None = None,
        next_on: frozenset[int] = frozenset(),
        probe_interval: float | None = None,
        probe_name: dns.name.Name = dns.name.root,
        probe_type: str = "NS",
        probe_timeout: float = 1.0,
        probe_rise: int = 2,
        probe_fall: int = 3,
        clock_names: tuple[dns.name.Name, ...],
        ecs_private: bool = False,
        proxy_protocol: str = "",
        proxy_connections: int = 256,
        timeout: float,
        idle_timeout: float,
        keep_warm: float,
        max_age: float,
        max_queries: int,
        connections: int,
        max_segment: int,
        max_in_flight: int,
        max_octets: int,
        sockets: int,
        now: Callable[[], float] = boottime.now,
        kernelRouteTo: Callable[[str], KernelRoute | None] = kernelRouteTo,
    ) -> None:
        """
        @param kernelRouteTo: tells the route that the kernel now has to an IP address.
        @raise OptionError: for values that don't go together.
        """
        self.addresses = address
        checkUse(address, bootstrap, clock_names)
        self._identity = identify(address, name, profile, pin_sha256, ca_file, sni, certificate, key)
        checkClockNames(clock_names, self._identity)
        checkSource(source, address)
        self._source = source
        limits = max_in_flight, max_octets, timeout, now
        self.core: ForwardCore = ForwardCore(*limits) if rate is None else RatedCore(rate, *limits)
        self._nextOn = NextOn(next_on, self.pendingQueries, self.core.answered, self.core.failed)
        self.probing: Probing | None = None
        if probe_interval is not None:
            self.probing = Probing(
                reactor,
                self.core,
                probeQuery(probe_name, probe_type),
                every=probe_interval,
                patience=probe_timeout,
                rise=probe_rise,
                fall=probe_fall,
            )
        introduces = introducing(proxy_protocol, proxy_connections, self._identity is not None)
        self._settings = ConnectionSettings(
            idle_timeout, keep_warm, max_age, max_queries, max_segment, source, introduces
        )
        self._common = UpstreamCommon(
            reactor,
            turnEnd(reactor),
            now,
            answered=self._nextOn.answered if next_on else self.core.answered,
            failed=self.core.failed,
            reschedule=self.pendingQueries.reschedule,
            patience=self.core.patience,
            settings=self._settings,
            kernelRouteTo=kernelRouteTo,
            options=SUBNET_PRIVATE if ecs_private else b"",
        )
        self._bootstrap: Bootstrap | None = None
        if bootstrap:
            new = partial(type(self), reactor, **defaults(self.options), now=now, kernelRouteTo=kernelRouteTo)
            self._bootstrap = Bootstrap(new, bootstrap, ca_file, timeout * self.BOOTSTRAP, source)
            self.core.clock = ClockEndpoint(clock_names, self._bootstrap, self._common)
        self._ordered = ordered(address, profile)
        parts = (self._ordered, self._identity, self._common, self._bootstrap, self.core.resume)
        self.selection = EndpointSelection(*parts, connections=connections, sockets=sockets)
        self.core.selection = self.selection
        ends = self.core.giveUp, self.core.move, self.core.look, self.selection.answeredFor
        self.core.deadlines = Deadlines(reactor, now, self.pendingQueries, *ends)
        self.relay = Relay(reactor, self.selection.addresses, self._identity, timeout, source, introduces)
        self._bootstrapFiles = 0 if self._bootstrap is None else self._bootstrap.mostFiles
        self.mostFiles = self.selection.mostFiles + self._bootstrapFiles

    @property
    def endpoints(self) -> list[Endpoint]:
        """The IP addresses that it leads to now in the order of trying, with what is open there."""
        return self.selection.endpoints

    @property
    def identity(self) -> UpstreamIdentity | None:
        """Whom TLS must lead to; None in clear text."""
        return self._identity

    @property
    def introduces(self) -> Introducing | None:
        """How it is told by PROXY headers who asks; None where it is not."""
        return self._settings.introduces

    def explain(self, query: Query) -> str:
        """What C{dotchain explain} tells of a query."""
        return told(query.client, self.introduces)

    @property
    def pendingQueries(self) -> PendingQueries:
        """The queries that it has to answer."""
        return self.core.pendingQueries

    @property
    def downgraded(self) -> int:
        """How many queries went in clear text because no TLS could be had."""
        return self.core.downgraded

    @property
    def nextOn(self) -> int:
        """How many answers were no reason to be content, so that another address was asked for."""
        return self._nextOn.count

    @property
    def overRate(self) -> int:
        """How many queries failed at once, as there were more than C{rate} allows."""
        return self.core.overRate

    @property
    def clock(self) -> ClockEndpoint | None:
        """What answers clock names while this host's clock is wrong, if anything does."""
        return self.core.clock

    def limitOpenFiles(self, most: int) -> None:
        """Do with so many open files, as far as there are UDP sockets to do without."""
        self.selection.limitOpenFiles(most - self._bootstrapFiles)

    def setName(self, name: str) -> None:
        """See L{IService<twisted.application.service.IService>}: the name that log lines tell."""
        Service.setName(self, name)
        self._common.name = name
        if self.probing is not None:
            self.probing.name = name
        if self._bootstrap is not None:
            self._bootstrap.setName(name)

    def startService(self) -> None:
        """Answer again after a stop."""
        Service.startService(self)
        self.core.stopping, self.core.refusing = False, ""
        self.selection.start()
        if self.probing is not None:
            self.probing.start()

    def stopService(self) -> Any:
        """Close every connection; queries from now on fail at once."""
        Service.stopService(self)
        self.core.stopping, self.core.refusing = True, "stopping"
        self.core.deadlines.stop()
        if self.probing is not None:
            self.probing.stop()
        self.relay.stop()
        self._common.dialLimit.clear()
        for pending in self.pendingQueries.all():
            self.core.end(pending, ResolveError("stopping"))
        return DeferredList(self.selection.stop())

    def drain(self, refusing: str = "") -> None:
        """
        Leave all connections as soon as nobody waits there for an answer, and keep none ready.

        @param refusing: why queries fail from now on; without it, those that come all the same are asked.
        """
        self.drained = True
        self.core.refusing = self.core.refusing or refusing
        self._common.settings = self._settings._replace(warm=0.0)
        for endpoint in self.endpoints:
            for pool in (endpoint, *endpoint.sidePools):
                if isinstance(pool, Pool):
                    pool.connections.leave(lambda _: True)

    def undrain(self) -> None:
        """Be asked as before."""
        self.drained = False
        self.core.refusing = "stopping" if self.core.stopping else ""
        self._common.settings = self._settings

    def reload(self) -> None:
        """Read trusted CAs anew, and resolve names anew."""
        if self._identity is not None:
            self._identity.reload()
        self.selection.reload()

    def networkChanged(self, slept: bool = False) -> None:
        """See L{Endpoint.networkChanged}."""
        self.selection.networkChanged(slept)
        self.core.resume()

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell: clear text that leaves the private network."""
        found = leaks(self._ordered) + absent(self._source)
        for part in (self._bootstrap, self._identity):
            found += [] if part is None else part.warnings()
        return found
