"""What a front does with queries on one transport: whom it answers, and how it asks the chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from ..client import Client, Origin
from ..clockwork import boottime
from ..contract.answertimeouts import AnswerTimeouts
from ..contract.guard import coreOf
from ..contract.queryholders import QueryHolders
from ..contract.stopwatch import Stopwatch
from ..contract.violations import bugAnswer, invalidResultOf
from ..interfaces import IResolver
from ..node import Later, Node, landed
from ..resolver import NoAnswer, ResolveError, servfail
from ..toll import PASSAGE
from ..wire import Answer, FormatError, Query, errorResponse, render
from ..wire.codes import (
    AXFR,
    EDE_INVALID_QUERY_TYPE,
    EDE_OTHER,
    EDE_PROHIBITED,
    FORMERR,
    IXFR,
    NOTIMP,
    NXNAME,
    REFUSED,
    SERVFAIL,
)
from ..wire.reply import DATAGRAM, Hop
from .access import AccessList
from .counts import Counts
from .meter import Meter
from .queryslots import BUSY, QuerySlots
from .relaypolicy import TRANSFER, RelayPolicy

# Transfers are streams of messages, which no stage could tell from one answer (RFC 5936
# section 2.2); NXNAME is no type that can be asked for (RFC 9824 section 3.5).
_NOT_RELAYED = FormatError("not relayed", SERVFAIL)
_UNASKED = frozenset(kind.to_bytes(2, "big") for kind in (AXFR, IXFR, NXNAME))
_PROHIBITED = Answer.bare(REFUSED, ((EDE_PROHIBITED, "not allowed to ask here"),))

WITHIN = 4.75
"""Seconds that a query waits where no upstream says how long it takes at the most."""


class Responder:
    """
    The chain as one front sees it on one transport.

    @ivar resolver: the first of the chain.
    @ivar querySlots: the slots of queries that wait.
    @ivar relayPolicy: what is passed on besides questions.
    @ivar meter: what counts the chain's answers, where somebody wants to know.
    @ivar clients: who has asked, by a key that the transport chooses; False for those
        who may not. Checked once a client instead of once a query.
    """

    _LIMIT: ClassVar[int] = 65536
    # Seconds for the response to a message that is passed on: its relay has many addresses to try.
    RELAYED: ClassVar[float] = 60.0

    def __init__(
        self,
        name: str,
        transport: str,
        resolver: IResolver,
        access: AccessList,
        drop: bool,
        now: Callable[[], float] = boottime.now,
        querySlots: QuerySlots | None = None,
        relayPolicy: RelayPolicy | None = None,
        reactor: Any = None,
        within: float = WITHIN,
        queryHolders: QueryHolders | None = None,
    ) -> None:
        """
        @param drop: don't answer those who may not ask.
        @param now: a clock.
        @param querySlots: the slots for queries that wait; without it, slots of its own.
        @param relayPolicy: without it, nothing but questions is passed on.
        @param reactor: without it, queries wait for the chain as long as it takes.
        @param within: seconds that they wait at the most.
        @param queryHolders: who may be to blame where they do.
        """
        self.relayPolicy = relayPolicy or RelayPolicy(lambda: None, frozenset(), AccessList((), ()), 0)
        self.name = name
        self.transport = transport
        self.replays = resolver.replays
        self.counts = Counts()
        self.clients: dict[Any, Client | Literal[False]] = {}
        self.now = now
        self.resolver = resolver
        self._node = coreOf(resolver, "the chain")
        self.meter: Meter | None = None
        self._access = access
        self.querySlots = querySlots or QuerySlots()
        self.drop = drop
        self._queryHolders = queryHolders or QueryHolders(now=now)
        self.contractViolations = self._queryHolders.contractViolations
        self.answerTimeouts = AnswerTimeouts(reactor, within, self.late)
        if reactor is not None:
            self.querySlots.join(self.answerTimeouts)
        self._relays = AnswerTimeouts(reactor, self.RELAYED, lambda _: None)
        self.within = within

    def measure(self, timed: Callable[[Node], Node], watch: Stopwatch) -> None:
        """
        Have the chain's answers counted and measured.

        @param timed: puts before the first of the chain what stops its time by this stopwatch.
        """
        first = timed(coreOf(self.resolver, "the chain"))
        if self.meter is None:
            self.meter = Meter(first, self.now, watch)
        self.meter.next = first
        self._node = self.meter

    def follow(self, made: Responder) -> None:
        """Ask what another one asks from now on, which was made for that; all else stays."""
        self.resolver, self.replays = made.resolver, made.replays
        self.relayPolicy = made.relayPolicy
        self._queryHolders, self.contractViolations = made._queryHolders, made.contractViolations
        self._node = coreOf(made.resolver, "the chain")

    def succeed(self, before: Responder) -> None:
        """Go on counting where another one is about to end."""
        self.counts, self.meter = before.counts, before.meter

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return not (self.answerTimeouts.empty and self._relays.empty)

    def through(self, resolver: IResolver) -> Responder:
        """The same front and transport, asking another resolver, with counters of its own."""
        kept = self._access, self.drop, self.now, self.querySlots, self.relayPolicy
        return Responder(self.name, self.transport, resolver, *kept, queryHolders=self._queryHolders)

    def client(self, address: str) -> Client:
        """Who asks from this address."""
        return Client(address, self.transport, self.name)

    def meet(
        self, key: Any, address: str, origin: Origin | None = None, names: tuple[str, str] = ("", "")
    ) -> Client | Literal[False]:
        """
        Remember who asks under this key; False where the address may not ask.

        @param origin: how he came, where the key is of that, too.
        @param names: server name and identity, where a balancer is believed them; the same.
        """
        if len(self.clients) >= self._LIMIT:
            self.clients.clear()
        client = self.client(address)
        if origin is not None or any(names):
            client = client._replace(origin=origin, sni=names[0], identity=names[1])
        met = self.clients[key] = client if self.permits(address) else False
        return met

    def permits(self, address: str) -> bool:
        """Whether this address may ask."""
        return self._access.permits(address)

    def resolve(self, query: Query) -> Answer | Later:
        """Ask the chain; a stage that raises has a bug, which is logged and answered."""
        if not query.shareable and query.question[-4:-2] in _UNASKED:
            if query.type == NXNAME:
                return query.answer(FORMERR, EDE_INVALID_QUERY_TYPE)
            answer = self.relayPolicy.transfer(query)
            # It depends on who asks and when: what comes later is never remembered.
            return answer if answer is TRANSFER else landed(query, answer)
        if self.querySlots.full(query) and not self._makeRoom(query):
            PASSAGE.once = True
            return self._busy(query)
        try:
            return self._node.resolve(query)
        except BaseException as error:
            # Be it the end of the process that a stage asks for: the others must still be served.
            return self._bug(error)

    def _makeRoom(self, query: Query) -> bool:
        """Whether there is room for one more, now that some are ended who would hardly get an answer."""
        self.counts.shed += self.querySlots.makeRoom(query, self.now())
        return not self.querySlots.full(query)

    def _busy(self, query: Query) -> Answer:
        """The answer to a query for which there is no room."""
        counts, limit = self.counts, self.querySlots.limit(query)
        counts.shed += 1
        counts.clientShed += limit == "client"
        counts.networkShed += limit == "network"
        return BUSY

    def refuse(self, query: Query) -> Answer:
        """REFUSED with an EDE for a client that may not ask."""
        self.counts.refused += 1
        return _PROHIBITED

    def render(self, query: Query, answer: Any, hop: Hop = DATAGRAM) -> bytes:
        """The response's octets behind the ID; what a stage gave that is no answer is a bug, too."""
        try:
            return render(query, answer, hop)
        except BaseException as error:
            bug = error if isinstance(answer, Answer) else invalidResultOf("the chain", answer)
            return render(query, self._bug(bug), hop)

    def respondToNonQuery(
        self, wire: bytes, client: Client | Literal[False] | None, error: FormatError, hop: Hop = DATAGRAM
    ) -> Deferred[bytes] | bytes | None:
        """The response, now or later, to octets that are no query, or None where there is none to give."""
        if error.rcode == NOTIMP:
            response = self.relayPolicy.message(wire, client or None)
            if response is not None:
                return response
        return self.errorResponseTo(wire, error, hop)

    def relayed(self, response: Deferred[bytes], wire: bytes, reply: Callable[[bytes], object]) -> None:
        """Have somebody take the response to a message that is passed on: one, whatever becomes of it."""
        timeouts = self._relays

        def answered(octets: object) -> None:
            if timeouts.leave(response):
                reply(octets if isinstance(octets, bytes) else errorResponse(wire, _NOT_RELAYED))

        timeouts.young[response] = response, answered, ()
        timeouts.wake()
        response.addBoth(answered)

    def errorResponseTo(self, wire: bytes, error: FormatError, hop: Hop = DATAGRAM) -> bytes | None:
        """The response to octets that are no query, or None where there is none to give."""
        if error.rcode is None:
            self.counts.dropped += 1
            self.counts.unreadable += 1
            return None
        self.counts.malformed += 1
        return errorResponse(wire, error, hop)

    def failed(self, error: BaseException) -> Answer:
        """The answer to a query that could not be resolved."""
        if not isinstance(error, ResolveError):
            return self._bug(error)
        self.counts.failed += 1
        return servfail(error)

    def late(self, query: Query) -> Answer:
        """The answer to a query that the chain has not answered in time."""
        self.counts.failed += 1
        self._queryHolders.tell(query, self.within, self.resolver)
        holder = self._queryHolders.holder(query)
        code = EDE_OTHER if holder is not None and holder.role == "stage" else NoAnswer.code
        return Answer.bare(SERVFAIL, ((code, f"no answer within {self.within:g} s"),))

    def stop(self) -> None:
        """Wait for nothing any more; whose answer has not come by now gets SERVFAIL."""
        self.answerTimeouts.stop(Answer.bare(SERVFAIL))
        self._relays.stop()

    def _bug(self, error: BaseException) -> Answer:
        self.counts.failed += 1
        self._queryHolders.accuse(error)
        self.contractViolations.tell(Failure(error))
        return bugAnswer(error)
