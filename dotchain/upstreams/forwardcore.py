"""What C{forward} does for each query: one address after the other, until one answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from ..node import Later, Node, landed
from ..reason import phrase
from ..resolver import DownByProbes, NoAnswer, NotNow, ResolveError
from ..wire.answer import Answer
from ..wire.codes import EDE_OTHER
from .pendingqueries import PendingQueries
from .pendingquery import PendingQuery

if TYPE_CHECKING:
    from ..wire.query import Query
    from .deadlines import Deadlines
    from .endpoint import Endpoint
    from .endpointselection import EndpointSelection
    from .naming.clock import ClockEndpoint


class ForwardCore(Node):
    """
    Gives each query to one address after the other.

    Each query has one deadline that covers connecting, waiting and every repetition;
    at its end it fails, and so is answered, whatever the network does.

    @ivar pendingQueries: the queries that it has to answer.
    @ivar selection: where the addresses come from.
    @ivar clock: what answers clock names while this host's clock is wrong, or None.
    @ivar deadlines: what looks at them several times a second.
    @ivar downgraded: queries that went in clear text because no TLS could be had.
    @ivar overRate: queries that were not asked, as there were too many in that second.
    @ivar patience: seconds that waiting at one address may take.
    @ivar stopping: it is about to end.
    @ivar down: it does not answer probes: those who have others to ask should do so.
    @ivar refusing: why no query is taken; nothing while all are.
    """

    # How often a query is given to an address, at the most (RFC 9520 section 3.1).
    ATTEMPTS: ClassVar[int] = 3

    selection: EndpointSelection
    deadlines: Deadlines

    def __init__(self, most: int, mostOctets: int, timeout: float, now: Callable[[], float]) -> None:
        """
        What it shares with its addresses is set before the first query.

        @param most: queries that it may have to answer at a time.
        @param mostOctets: octets of all of them.
        @param timeout: seconds that a query may take in all.
        """
        self.pendingQueries = PendingQueries(most, mostOctets, self.end)
        self.clock: ClockEndpoint | None = None
        self.downgraded = self.overRate = 0
        self.stopping = self.down = False
        self.refusing = ""
        self._timeout = timeout
        self.patience = timeout / self.ATTEMPTS
        self._now = now

    def attempt(self, query: Query) -> Answer | Later:
        """See L{Node.attempt}."""
        if self.down:
            return landed(query, DownByProbes("this upstream does not answer its probes"))
        return self.resolve(query, False)

    def resolve(self, query: Query, persistent: bool = True) -> Answer | Later:
        """
        See L{Node.resolve}.

        @param persistent: where no address can be tried now, wait for one that can be in time.
        """
        now = self._now()
        pending = PendingQuery(query, now + self._timeout, persistent)
        if self.refusing or not self.pendingQueries.add(pending, now):
            text = self.refusing or "too many queries in flight to this upstream"
            return landed(query, ResolveError(text, EDE_OTHER))
        if self.deadlines.sweep.call is None:
            self.deadlines.sweep.begin()
        endpoints = self.selection.endpoints
        first = endpoints[0] if endpoints and endpoints[0].retryAt <= 0.0 else self.selection.choose(pending)
        # What nearly every query meets; all that L{_try} looks at besides takes 0.8 µs.
        if first is not None and first.ready and not first.downgrades:
            self._give(pending, first, now, self.patience)
        else:
            self._try(pending, first)
        return pending

    def _try(self, pending: PendingQuery, endpoint: Endpoint | None) -> None:
        """Give a query to an address, or find out that there is none left."""
        spent = len(pending.tried) >= max(self.ATTEMPTS, len(self.selection.endpoints))
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
        patient = endpoint.ready or len(self.selection.endpoints) == 1
        self._give(pending, endpoint, self._now(), self.patience if patient else endpoint.STAGGER)
        self.pendingQueries.reschedule(pending)

    def _give(self, pending: PendingQuery, endpoint: Endpoint, now: float, patience: float) -> None:
        """Give a query to an address for so many seconds."""
        pending.tried += (endpoint,)
        pending.triedAt, moveAt = now, now + patience
        pending.moveAt = moveAt if moveAt < pending.deadline else pending.deadline
        endpoint.submit(pending)

    def _noneLeft(self, pending: PendingQuery, spent: bool) -> None:
        """Wait for what is still out, or for an address that is found or may be tried again in time."""
        looking = pending.allFailed and not spent and pending.fallback is None and self.selection.look()
        hopeful = [] if spent else [each.retryAt for each in self.selection.endpoints if not each.refused]
        pending.moveAt = min([*hopeful, pending.deadline])
        self.pendingQueries.reschedule(pending)
        hope = self._now() < pending.moveAt < pending.deadline
        # A name that was never resolved is waited for as a connection is.
        waits = (looking or hope) if pending.persistent else looking and not self.selection.endpoints
        if pending.allFailed and (not waits or pending.fallback is not None):
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
        self.end(pending, error(reason))

    def resume(self) -> None:
        """There may be other addresses, or an end of waiting for them: go on with what waits."""
        for pending in self.pendingQueries.all():
            if pending.allFailed and not pending.done:
                self._try(pending, self.selection.choose(pending))

    def answered(self, pending: PendingQuery, answer: Answer) -> None:
        if self.pendingQueries.finish(pending):
            pending.land(answer)

    def failed(self, pending: PendingQuery, reason: str) -> None:
        """One address could not do it: the next."""
        if pending not in self.pendingQueries:
            # Answered by now, or a liveness query, which nobody waits for.
            pending.done = True
            return
        pending.reasons += (reason,)
        self._try(pending, self.selection.choose(pending))

    def end(self, pending: PendingQuery, error: ResolveError) -> None:
        if self.pendingQueries.finish(pending):
            pending.fail(error)

    def look(self, now: float, slept: bool) -> bool:
        """Retire what is idle; all, after a sleep."""
        if slept:
            self.selection.networkChanged(True)
            self.resume()
        self.selection.sweep(now, self.pendingQueries)
        return not self.stopping and (len(self.pendingQueries) > 0 or not self.selection.nothingOpen)

    def giveUp(self, pending: PendingQuery) -> None:
        """Its time is over; addresses that have failed have told of it."""
        unasked = "no answer" if pending.tried else self.selection.trouble
        late = f"given up after {self._timeout:g} s"
        silent = [] if pending.allFailed else [each for each in pending.tried if not each.failures]
        if silent:
            silent[-1].complain("timeout", f"no answer; {late}")
        text = phrase("{}; {}", (pending.reasons or (unasked,))[-1], late)
        self.end(pending, NoAnswer(text, ofName=bool(pending.tried) and pending.tried[-1].passed(pending)))

    def move(self, pending: PendingQuery) -> None:
        """No answer for a while: ask elsewhere too; on a stream, asking the same again is no use."""
        endpoint = self.selection.choose(pending)
        if endpoint is None and pending.fallback is not None:
            # One has said what is good enough when others keep silent.
            self.end(pending, NoAnswer("no answer"))
        elif endpoint is None or endpoint not in pending.tried or endpoint.repeats or pending.allFailed:
            self._try(pending, endpoint)
        else:
            pending.moveAt = pending.deadline
            self.pendingQueries.reschedule(pending)
