"""Equal queries out on one connection, their answers in: what C{dotchain query} does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.rcode
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure

from ..address import Address
from ..tls.client import UpstreamIdentity
from ..tls.observedconnection import ObservedConnection
from ..tls.verify import HandshakeReport
from .querytransports import AttemptDatagrams, AttemptFactory, Stream

STRAY = "messages left aside: malformed, a second answer, or another ID or question"
"""What strays may be."""


class Answered(NamedTuple):
    """
    One answer, just as it came.

    @ivar message: taken apart as far as that goes; its C{errors} tell of the rest.
    @ivar wire: its octets.
    @ivar asked: octets of its query.
    @ivar seconds: the time since the first query left.
    """

    message: dns.message.Message
    wire: bytes
    asked: int
    seconds: float


class Outcome(NamedTuple):
    """
    How an attempt ended.

    @ivar address: who was asked.
    @ivar answers: in the order of their arrival.
    @ivar wanted: how many there should be.
    @ivar failure: why there are fewer, or None.
    @ivar strays: how many messages came that answer none of the queries.
    @ivar connecting: seconds until the first query left.
    @ivar report: of the TLS session, where it came so far.
    @ivar truncated: UDP had room for a part only, so that TCP was used.
    """

    address: Address
    answers: tuple[Answered, ...]
    wanted: int
    failure: str | None
    strays: int
    connecting: float
    report: HandshakeReport | None
    truncated: bool = False


class Attempt:
    """
    All the queries to one address, with one time limit for whatever happens.

    An answer is taken when it has the ID and the question of a query that waits for
    one (RFC 5452 section 9.1); anything else is counted and left alone.

    @ivar identity: whom the peer must be; None for clear text.
    @ivar report: of the TLS session.
    @ivar phase: what is waited for.
    """

    def __init__(
        self,
        reactor: Any,
        address: Address,
        queries: Sequence[dns.message.Message],
        identity: UpstreamIdentity | None,
        limit: float,
    ) -> None:
        """
        @param queries: no two have the same ID.
        @param limit: seconds.
        """
        self.reactor = reactor
        self.address = address
        self.identity = identity
        self.limit = limit
        self.report: HandshakeReport | None = None
        self.phase = "answer" if address.transport == "udp" else "TCP connection"
        self._done: Deferred[Outcome] = Deferred()
        self._waiting = {query.id: query for query in queries}
        self._wanted = len(queries)
        self._answers: list[Answered] = []
        self._strays = 0
        self._begun = reactor.seconds()
        self._left: float | None = None
        self._failure: str | None = None
        self._transport: Stream | AttemptDatagrams
        self._timer = reactor.callLater(limit, self._expired)

    def start(self) -> Deferred[Outcome]:
        """
        Begin.

        @return: the outcome; it never fails.
        """
        if self.address.transport == "udp":
            self._transport = AttemptDatagrams(self)
            interface = "::" if ":" in self.address.host else ""
            self.reactor.listenUDP(0, self._transport, interface=interface, maxPacketSize=65535)
        else:
            self._transport = self._dial()
        return self._done

    def _dial(self) -> Stream:
        stream = Stream(self)
        factory: Any = AttemptFactory(self, stream)
        if self.identity is not None:
            creator = self.identity.at(str(self.address))
            factory = TLSMemoryBIOFactory(creator, True, factory, clock=self.reactor)
        stream.connector = self.reactor.connectTCP(self.address.host, self.address.port, factory)
        return stream

    def leaving(self) -> list[bytes]:
        """The octets of the queries that still wait, which leave now."""
        self.phase = "answer"
        if self._left is None:
            self._left = self.reactor.seconds()
        return [query.to_wire() for query in self._waiting.values()]

    def take(self, wire: bytes) -> bool:
        """
        A message has come; the last one that is waited for ends it all.

        @return: whether it is one that is waited for.
        """
        if not self._waiting:
            return False
        message = parsed(wire)
        query = self._waiting.get(message.id) if message is not None else None
        if message is None or query is None or not _answers(message, query):
            self._strays += 1
            return False
        del self._waiting[message.id]
        seconds = self.reactor.seconds() - self._left
        self._answers.append(Answered(message, wire, len(query.to_wire()), seconds))
        if not self._waiting:
            self._transport.close()
        return True

    def fail(self, reason: str) -> None:
        """It can't go on."""
        if not self._done.called:
            self._failure = self._failure or reason
            self._transport.abort()

    def _expired(self) -> None:
        self.fail(f"no {self.phase} within {round(self.limit, 1):g} s{self._got()}")

    def lost(self, reason: Failure) -> None:
        """The connection has ended, as was wanted or not."""
        self._failure = self._failure or self._whyLost(reason)
        self.over()

    def _whyLost(self, reason: Failure) -> str:
        assert isinstance(self._transport, Stream)
        connection = self._transport.handle() if self.identity is not None else None
        if self.identity is None or (self.phase == "answer" and reason.check(ConnectionDone, ConnectionLost)):
            return f"the server closed the connection{self._got()}"
        text = self.identity.explain(reason, connection)
        if self.phase == "answer":
            return text + self._got()
        if isinstance(connection, ObservedConnection) and connection.strict and connection.failings:
            return f"not authenticated: wanted the name {self.identity.wanted.name}; {text}"
        return f"no TLS handshake: {text}"

    def _got(self) -> str:
        """How many answers there are, where some are missing."""
        words = f", after {len(self._answers)} of {self._wanted} answers" if self._wanted > 1 else ""
        if self._strays:
            words += f"; {self._strays} {STRAY}"
        return words

    def over(self, failure: str | None = None) -> None:
        """Nothing more can happen."""
        self._failure = self._failure or failure
        if self._timer.active():
            self._timer.cancel()
        if not self._done.called:
            self._done.callback(self._outcome())

    def _outcome(self) -> Outcome:
        left = self.reactor.seconds() if self._left is None else self._left
        return Outcome(
            self.address,
            tuple(self._answers),
            self._wanted,
            f"{self.address}: {self._failure}" if self._waiting else None,
            self._strays,
            left - self._begun,
            self.report,
        )


def _answers(message: dns.message.Message, query: dns.message.Message) -> bool:
    """Whether a message with the ID of a query answers it; an error may come without its question."""
    if message.question or message.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return query.is_response(message)
    return bool(message.flags & dns.flags.QR) and message.opcode() == query.opcode()


def parsed(wire: bytes) -> dns.message.Message | None:
    """A message as far as it can be read, or None where not even its header can."""
    try:
        return dns.message.from_wire(wire, keyring=False, one_rr_per_rrset=True, continue_on_error=True)
    except dns.exception.DNSException:
        return None


async def ask(
    reactor: Any,
    addresses: Sequence[Address],
    queries: Sequence[dns.message.Message],
    identity: UpstreamIdentity | None,
    limit: float,
) -> Outcome:
    """
    Ask the first address that answers, and over TCP what UDP truncates (RFC 7766 section 5).

    @param addresses: of one server, at least one; each gets its share of the time.
    @param limit: seconds for all of it.
    """
    end = reactor.seconds() + limit
    failures = []
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        share = (end - reactor.seconds()) / left
        outcome = await Attempt(reactor, address, queries, identity, max(share, 0)).start()
        if outcome.answers:
            return await _whole(reactor, outcome, queries, end)
        failures.append(str(outcome.failure))
    return outcome._replace(failure="; ".join(failures))


async def _whole(
    reactor: Any, outcome: Outcome, queries: Sequence[dns.message.Message], end: float
) -> Outcome:
    """The outcome, over TCP instead where an answer over UDP was truncated."""
    cut = any(answer.message.flags & dns.flags.TC for answer in outcome.answers)
    if not cut or outcome.address.transport != "udp":
        return outcome
    address = outcome.address._replace(transport="tcp")
    limit = max(end - reactor.seconds(), 0)
    return (await Attempt(reactor, address, queries, None, limit).start())._replace(truncated=True)
