"""The upstream over the network: TLS, TCP or UDP, one address after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import dns.name
from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, fail
from zope.interface import implementer, provider

from ..address import Address, Target
from ..clockwork import boottime
from ..contract.violations import turnEnd
from ..interfaces import IKind, IPromptResolver
from ..options import Options, defaults
from ..reason import phrase
from ..resolver import NoAnswer, NotNow, ResolveError, Result
from ..wire import Answer, Query
from ..wire.codes import EDE_OTHER
from ..wire.outgoing import SUBNET_PRIVATE
from .deadlines import Deadlines
from .endpoint import Endpoint
from .endpointselection import EndpointSelection
from .forwardoptions import FORWARD
from .inflighttable import PendingQuery
from .naming.bootstrap import Bootstrap, checkUse
from .naming.clock import ClockEndpoint, checkClockNames
from .netlink import KernelRoute, kernelRouteTo
from .pendingqueries import PendingQueries
from .profile import identify, leaks, ordered
from .relaying.relay import Relay
from .upstreamcommon import ConnectionSettings, UpstreamCommon


@implementer(IPromptResolver)
@provider(IKind)
class Forward(Service):
    """
    Ask a nameserver over the network: the first of its addresses that answers.

    Each query has one deadline that covers connecting, waiting and every repetition;
    at its end it fails, and so is answered, whatever the network does.

    @ivar addresses: where it is asked, as the operator wrote it.
    @ivar endpoints: the IP addresses that this leads to now in the order of trying, with what is open there.
    @ivar selection: where they come from.
    @ivar pendingQueries: the queries that it has to answer.
    @ivar mostFiles: files that it may have open at a time.
    @ivar downgraded: queries that went in clear text because no TLS could be had.
    @ivar clock: what answers clock names while this host's clock is wrong, or None.
    @ivar relay: passes on messages that are no questions.
    """

    kind: ClassVar[str] = "forward"
    role: ClassVar[str] = "upstream"
    options: ClassVar[Options] = FORWARD

    replays = False

    # How often a query is given to an address, at the most (RFC 9520 section 3.1).
    ATTEMPTS = 3
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
        clock_names: tuple[dns.name.Name, ...],
        ecs_private: bool = False,
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
        self.downgraded = 0
        self._now = now
        self._timeout = timeout
        self.pendingQueries = PendingQueries(max_in_flight, max_octets, self._end)
        self._stopping = False
        self._common = UpstreamCommon(
            reactor,
            turnEnd(reactor),
            now,
            answered=self._answered,
            failed=self._failed,
            reschedule=self.pendingQueries.reschedule,
            patience=timeout / self.ATTEMPTS,
            settings=ConnectionSettings(idle_timeout, keep_warm, max_age, max_queries, max_segment),
            kernelRouteTo=kernelRouteTo,
            options=SUBNET_PRIVATE if ecs_private else b"",
        )
        checkUse(address, bootstrap, clock_names)
        self._identity = identify(address, name, profile, pin_sha256, ca_file)
        checkClockNames(clock_names, self._identity)
        self._bootstrap: Bootstrap | None = None
        self.clock: ClockEndpoint | None = None
        if bootstrap:
            new = partial(type(self), reactor, **defaults(self.options), now=now, kernelRouteTo=kernelRouteTo)
            self._bootstrap = Bootstrap(new, bootstrap, ca_file, timeout * self.BOOTSTRAP)
            self.clock = ClockEndpoint(clock_names, self._bootstrap, self._common)
        self._ordered = ordered(address, profile)
        parts = (self._ordered, self._identity, self._common, self._bootstrap, self._resume)
        self.selection = EndpointSelection(*parts, connections=connections, sockets=sockets)
        self.endpoints = self.selection.endpoints
        what = self._giveUp, self._move, self._look, self.selection.answeredFor
        self._deadlines = Deadlines(reactor, now, self.pendingQueries, *what)
        self._sweep = self._deadlines.sweep
        self.relay = Relay(reactor, self.selection.addresses, self._identity, timeout)
        self._bootstrapFiles = 0 if self._bootstrap is None else self._bootstrap.mostFiles
        self.mostFiles = self.selection.mostFiles + self._bootstrapFiles

    def limitOpenFiles(self, most: int) -> None:
        """Do with so many open files, as far as there are UDP sockets to do without."""
        self.selection.limitOpenFiles(most - self._bootstrapFiles)

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt}."""
        return self.resolve(query, False)

    def resolve(self, query: Query, persistent: bool = True) -> Result:
        """See L{IPromptResolver.resolve}; unless it is persistent, see L{attempt}."""
        deferred: Deferred[Answer] = Deferred()
        now = self._now()
        pending = PendingQuery(query, deferred, now + self._timeout, persistent)
        if self._stopping or not self.pendingQueries.add(pending, now):
            text = "stopping" if self._stopping else "too many queries in flight to this upstream"
            return fail(ResolveError(text, EDE_OTHER))
        if self._sweep.call is None:
            self._sweep.begin()
        endpoints = self.endpoints
        first = endpoints[0] if endpoints and endpoints[0].retryAt <= 0.0 else self.selection.choose(pending)
        # What nearly every query meets; all that L{_try} looks at besides takes 0.8 µs.
        if first is not None and first.ready and not first.downgrades:
            self._give(pending, first, now, self._common.patience)
        else:
            self._try(pending, first)
        return deferred

    def _try(self, pending: PendingQuery, endpoint: Endpoint | None) -> None:
        """Give a query to an address, or find out that there is none left."""
        spent = len(pending.tried) >= max(self.ATTEMPTS, len(self.endpoints))
        if endpoint is None or spent:
            self._noneLeft(pending, spent)
            return
        if not endpoint.ready:
            endpoint = self.selection.quicker(pending, endpoint)
        if endpoint.downgrades:
            self.downgraded += 1
            reason = (pending.reasons or ("TLS failed before and is not yet tried again",))[-1]
            endpoint.complain("downgrade", phrase("is asked in clear text: {}", reason))
        # RFC 8305 section 5: the next address is dialled too where the first takes so long.
        patient = endpoint.ready or len(self.endpoints) == 1
        self._give(pending, endpoint, self._now(), self._common.patience if patient else endpoint.STAGGER)
        self.pendingQueries.reschedule(pending)

    def _give(self, pending: PendingQuery, endpoint: Endpoint, now: float, patience: float) -> None:
        """Give a query to an address for so many seconds."""
        pending.tried += (endpoint,)
        pending.triedAt, moveAt = now, now + patience
        pending.moveAt = moveAt if moveAt < pending.deadline else pending.deadline
        endpoint.submit(pending)

    def _noneLeft(self, pending: PendingQuery, spent: bool) -> None:
        """Wait for what is still out, or for an address that is found or may be tried again in time."""
        looking = pending.allFailed and not spent and pending.bareError is None and self.selection.look()
        hopeful = [] if spent else [each.retryAt for each in self.endpoints if not each.refused]
        pending.moveAt = min([*hopeful, pending.deadline])
        self.pendingQueries.reschedule(pending)
        hope = self._now() < pending.moveAt < pending.deadline
        # A name that was never resolved is waited for as a connection is.
        waits = (looking or hope) if pending.persistent else looking and not self.endpoints
        if pending.allFailed and (not waits or pending.bareError is not None):
            self._lastResort(pending, NotNow if hope and not pending.resent else ResolveError)

    def _lastResort(self, pending: PendingQuery, error: type[ResolveError]) -> None:
        """No address can do it, which is not the end of a clock name where the clock may be to blame."""
        reason = (pending.reasons or (self.selection.trouble,))[-1]
        if self.selection.untimely:
            if self.clock and self.clock not in pending.tried and self.clock.serves(pending):
                pending.tried += (self.clock,)
                pending.moveAt = pending.deadline
                self.clock.submit(pending)
                return
            reason = phrase("{}; the clock here may be wrong", reason)
        self._end(pending, error(reason))

    def _resume(self) -> None:
        """There may be other addresses, or an end of waiting for them: go on with what waits."""
        for pending in self.pendingQueries.all():
            if pending.allFailed and not pending.done:
                self._try(pending, self.selection.choose(pending))

    def _answered(self, pending: PendingQuery, answer: Answer) -> None:
        if self.pendingQueries.finish(pending):
            pending.deferred.callback(answer)

    def _failed(self, pending: PendingQuery, reason: str) -> None:
        """One address could not do it: the next."""
        if pending not in self.pendingQueries:
            # Answered by now, or a liveness query, which nobody waits for.
            pending.done = True
            return
        pending.reasons += (reason,)
        self._try(pending, self.selection.choose(pending))

    def _end(self, pending: PendingQuery, error: ResolveError) -> None:
        if self.pendingQueries.finish(pending):
            pending.fail(error)

    def _look(self, now: float, slept: bool) -> bool:
        """Retire what is idle; all, after a sleep."""
        if slept:
            self.networkChanged(True)
        self.selection.sweep(now, self.pendingQueries)
        return not self._stopping and (len(self.pendingQueries) > 0 or not self.selection.nothingOpen)

    def _giveUp(self, pending: PendingQuery) -> None:
        """Its time is over; addresses that have failed have told of it."""
        unasked = "no answer" if pending.tried else self.selection.trouble
        late = f"given up after {self._timeout:g} s"
        silent = [] if pending.allFailed else [each for each in pending.tried if not each.failures]
        if silent:
            silent[-1].complain("timeout", f"no answer; {late}")
        text = phrase("{}; {}", (pending.reasons or (unasked,))[-1], late)
        self._end(pending, NoAnswer(text, ofName=bool(pending.tried) and pending.tried[-1].passed(pending)))

    def _move(self, pending: PendingQuery) -> None:
        """No answer for a while: ask elsewhere too; on a stream, asking the same again is no use."""
        endpoint = self.selection.choose(pending)
        if endpoint is None or endpoint not in pending.tried or endpoint.repeats or pending.allFailed:
            self._try(pending, endpoint)
        else:
            pending.moveAt = pending.deadline
            self.pendingQueries.reschedule(pending)

    def setName(self, name: str) -> None:
        """See L{IService<twisted.application.service.IService>}: the name that log lines tell."""
        Service.setName(self, name)
        self._common.name = name
        if self._bootstrap is not None:
            self._bootstrap.setName(name)

    def startService(self) -> None:
        """Answer again after a stop."""
        Service.startService(self)
        self._stopping = False
        self.selection.start()

    def stopService(self) -> Any:
        """Close every connection; queries from now on fail at once."""
        Service.stopService(self)
        self._stopping = True
        self._deadlines.stop()
        self.relay.stop()
        self._common.dialLimit.clear()
        for pending in self.pendingQueries.all():
            self._end(pending, ResolveError("stopping"))
        return DeferredList(self.selection.stop())

    def reload(self) -> None:
        """Read trusted CAs anew, and resolve names anew."""
        if self._identity is not None:
            self._identity.reload()
        self.selection.reload()

    def networkChanged(self, slept: bool = False) -> None:
        """See L{Endpoint.networkChanged}."""
        self.selection.networkChanged(slept)
        self._resume()

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell: clear text that leaves the private network."""
        found = leaks(self._ordered)
        for part in (self._bootstrap, self._identity):
            found += [] if part is None else part.warnings()
        return found
