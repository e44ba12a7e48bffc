"""One address of an upstream and the transport to it: what all transports have in common."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, ClassVar, Protocol

from twisted.internet.defer import Deferred

from ..clockwork.histogram import Histogram
from ..compiled import mypyc_attr
from ..reason import Reason, phrase
from ..wire import Answer, FormatError, outgoing, withoutOpt
from ..wire.codes import AD
from .ednsfallback import UNKNOWING, makesSenseWithoutEdns, mayOmitEdns
from .failurelog import FailureLog

if TYPE_CHECKING:
    from ..address import Address
    from .inflighttable import InFlightTable
    from .pendingquery import PendingQuery
    from .upstreamcommon import UpstreamCommon


class Carrier(Protocol):
    """
    A connection or a socket that queries leave by.

    @ivar inFlightTable: the queries on their way.
    @ivar sent: how many it has carried.
    """

    inFlightTable: InFlightTable
    sent: int


class Described(Protocol):
    """A connection, as the log tells of it."""

    def described(self) -> str:
        """In a few words: how old it is, and how many queries it has carried."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Endpoint:
    """
    One address of an upstream.

    @ivar retryAt: not to be tried before this time, after a failure.
    @ivar failures: how often in a row it could not be reached.
    @ivar slowerInARow: queries in a row that another address answered first, asked after it.
    @ivar failureLog: how it failed.
    @ivar answers: responses that were taken.
    @ivar latency: moving average of the seconds that they took, connecting among it, unless
        another address was asked meanwhile; 0 until it is known. It costs a query 0.2 µs.
    @ivar trip: the same from when it left, of those that no later one overtook; L{trips} has samples.
    @ivar carried: queries sent over what is closed by now.
    @ivar bare: queries without EDNS, so without padding.
    @ivar downgrades: clear text that is only for when TLS fails (RFC 8310 section 5).
    @cvar repeats: whether a query may be lost on the way, so that asking again helps.
    """

    repeats: ClassVar[bool] = False
    downgrades = False

    # Seconds that a query waits for a dial until the next address is asked too (RFC 8305 section 5).
    STAGGER: ClassVar[float] = 0.25
    # Seconds to wait after the first failure, doubled with each, and the most of it: what a query waits.
    BACKOFF: ClassVar[float] = 0.25
    LONGEST: ClassVar[float] = 5.0
    # Seconds for which a server is taken to know no EDNS (RFC 6891 section 6.2.2: briefly).
    WITHOUT_EDNS: ClassVar[float] = 60.0
    # With so many overtaken queries it is up, but whom it asks in turn may not be.
    OVERTAKEN: ClassVar[int] = 3
    # Round trips after which a query that later ones overtook is late, and the least and the most
    # seconds of it.
    TRIPS: ClassVar[float] = 4.0
    SOONEST: ClassVar[float] = 0.02
    LATEST: ClassVar[float] = 1.0
    # What one answer counts for, as in TCP's round-trip times (RFC 6298 section 2).
    WEIGHT: ClassVar[float] = 0.125

    def __init__(self, address: Address, common: UpstreamCommon) -> None:
        self.address = address
        self.common = common
        self.retryAt = 0.0
        self.failures = self.slowerInARow = 0
        self.answers = self.carried = self.bare = 0
        self.latency = self.trip = 0.0
        self.trips = Histogram()
        self._withoutEdnsUntil = 0.0
        self._away = False
        self.failureLog = FailureLog(address, common)

    @property
    def usable(self) -> bool:
        """Whether it may be tried now."""
        return self.common.now() >= self.retryAt

    @property
    def doubtful(self) -> bool:
        """Whether only a client's query can show that it is of use again."""
        return self.slowerInARow >= self.OVERTAKEN

    @property
    def trustAD(self) -> bool:
        """Whether the upstream's AD flag can be believed: nobody can have set it on the way."""
        return ip_address(self.address.host.partition("%")[0]).is_loopback

    @property
    def refused(self) -> bool:
        """Whether whoever is there is not the one wanted, so that waiting is of no use."""
        return False

    @property
    def ready(self) -> bool:
        """Whether a query can leave at once."""
        return True

    @property
    def standing(self) -> bool:
        """Whether a connection is open, by which a query can leave even where others found no answer."""
        return False

    @property
    def carriers(self) -> Iterable[Carrier]:
        """What is open."""
        return ()

    @property
    def sidePools(self) -> Iterable[Endpoint]:
        """Further endpoints at the same host that it makes use of, such as those for lone queries."""
        return ()

    @property
    def grace(self) -> float:
        """Seconds after which a query that later ones overtook is late: a few round trips."""
        return min(max(self.TRIPS * self.trip, self.SOONEST), self.LATEST) if self.answers else self.LATEST

    @property
    def answeredFor(self) -> float:
        """When the newest of the queries that were answered here had been sent; 0 where none was lately."""
        return max((carrier.inFlightTable.answeredFor for carrier in self.carriers), default=0.0)

    def passed(self, pending: PendingQuery) -> bool:
        """Whether something was answered here that had been sent well after this query."""
        return 0.0 < pending.sentAt < self.answeredFor - self.grace

    @property
    @abstractmethod
    def nothingOpen(self) -> bool:
        """Whether nothing is open."""

    @abstractmethod
    def submit(self, pending: PendingQuery) -> None:
        """Send a query as soon as may be; it ends in L{UpstreamCommon}' answered or failed."""

    def probe(self) -> bool:
        """
        Find out whether it can be reached again.

        @return: whether that is possible without a query.
        """
        return False

    def networkChanged(self, slept: bool = False) -> None:
        """
        A link, an address or a route of this host has changed: what failed before may work now.

        @param slept: the machine has slept, and no connection stood that while.
        """
        self.failures = self.slowerInARow = 0
        self.retryAt = 0.0

    def limitOpenFiles(self, files: int) -> None:
        """Open no more files than this, as far as it can do with less."""

    @abstractmethod
    def sweep(self, now: float) -> None:
        """Retire what is idle; called several times a second."""

    @abstractmethod
    def stop(self) -> Deferred[None] | None:
        """Close everything."""

    def wire(self, pending: PendingQuery, pads: bool, stream: bool) -> bytes:
        """The octets of a query behind the two of its ID, as this address takes them."""
        query = pending.query
        if pending.withoutEdns or (self._withoutEdnsUntil and self._takesNoEdns(pending)):
            pending.withoutEdns = True
            self.bare += 1
            return withoutOpt(query)
        return outgoing(query, pads, stream, self.common.options)

    def _takesNoEdns(self, pending: PendingQuery) -> bool:
        """Whether EDNS is left out for this query, as the server was seen to know none."""
        if self.common.now() >= self._withoutEdnsUntil:
            self._withoutEdnsUntil = 0.0
        return bool(self._withoutEdnsUntil) and makesSenseWithoutEdns(pending)

    def received(self, table: InFlightTable, wire: bytes, pipeline: Described | None = None) -> float | None:
        """
        A response has come: find whose it is, and hand it on.

        @param pipeline: the connection that it came over, if it was one.
        @return: the idle timeout that it tells in seconds (RFC 7828), if any.
        """
        pending = table.take(wire)
        if pending is None:
            self.unmatched(table, wire)
            return None
        try:
            answer = Answer.parse(wire, pending.query.question)
        except FormatError:
            self.complain("read", "sent a malformed response", pipeline)
            self.common.failed(pending, "malformed response")
            return None
        if answer.verbatim is not None and not pending.query.signed:
            self.complain("read", "sent a signed response to a query that was not signed", pipeline)
            self.common.failed(pending, "signed response")
            return None
        self.answers += 1
        tried = pending.tried
        if tried:
            self.slowerInARow = 0
            if tried[-1] is self:
                now = self.common.now()
                took = now - pending.triedAt
                self.latency += (took - self.latency) * (self.WEIGHT if self.latency else 1.0)
                if pending.sentAt >= table.answeredFor:
                    took = now - pending.sentAt
                    self.trip += (took - self.trip) * (self.WEIGHT if self.trip else 1.0)
                    self.trips.sample(took)
            if len(tried) > 1 and not pending.reasons:
                self._overtake(tried)
        if (self._away or self.retryAt > 0.0) and self.slowerInARow < self.OVERTAKEN:
            self._isBack()
        if answer.rcode in UNKNOWING:
            if not pending.withoutEdns and mayOmitEdns(pending, wire):
                pending.withoutEdns = True
                self.submit(pending)
                return None
        elif pending.withoutEdns and pending.hint is None:
            self._withoutEdnsUntil = self._withoutEdnsUntil or self.common.now() + self.WITHOUT_EDNS
        told = answer.keepalive
        if answer.flags & AD and not self.trustAD:
            answer = answer.having(flags=answer.flags & ~AD)
        self.deliver(pending, answer)
        return told

    def unmatched(self, table: InFlightTable, wire: bytes) -> None:
        """A response has come that belongs to no query in flight, or to none that is waited for."""

    def deliver(self, pending: PendingQuery, answer: Answer) -> None:
        """An answer for a pending query; transports that can't take every answer say so here."""
        self.common.answered(pending, answer)

    def _overtake(self, tried: tuple[Endpoint, ...]) -> None:
        """All these were asked the same, and none has failed."""
        for other in tried:
            other.passedBy(self)

    def passedBy(self, other: Endpoint) -> None:
        """Another address has answered what this one was asked before, over a connection that stands."""
        if other is self or not self.ready:
            return
        self.slowerInARow += 1
        if self.slowerInARow == self.OVERTAKEN:
            which = Reason(str(other.address), "another address")
            self.complain("timeout", phrase("answers later than {}, which is asked first now", which))
        if self.doubtful:
            self.backOff()

    def backOff(self) -> None:
        """It could not be reached: leave it alone for a while, jittered; until then no failure counts."""
        if self.usable:
            wait = min(self.BACKOFF * 2 ** min(self.failures, 10), self.LONGEST)
            self.failures += 1
            self._away = True
            self.retryAt = self.common.now() + wait * random.uniform(0.75, 1.0)  # noqa: S311 - not a secret

    def _isBack(self) -> None:
        """It answers after it did not."""
        self.failures, self.retryAt, self._away = 0, 0.0, False
        self.failureLog.over()

    def complain(self, phase: str, text: str, pipeline: Described | None = None) -> None:
        """
        Log a failure of this address, each phase once a minute, whichever way to it has failed.

        @param phase: where it failed: C{connect}, C{tls}, C{verify}, C{write}, C{read} or
            C{timeout}; C{endpoint} where the way there is another one now; C{downgrade} where it
            is asked in clear text instead of TLS.
        @param pipeline: the connection that failed, if there was one.
        """
        self._away = self._away or phase == "timeout"
        self.failureLog.tell(phase, text, pipeline.described() if pipeline else "")
