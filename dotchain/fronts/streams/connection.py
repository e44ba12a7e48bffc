"""One client's conversation on a stream: queries in, responses out as they become ready."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, ClassVar, Final

from twisted.internet.defer import Deferred

from ...client import NOBODY, Client
from ...node import Later
from ...tls.channel import Channel
from ...toll import PASSAGE, Passage
from ...wire import DROP, FormatError, Query, framing
from ..packetcache import Remembered
from ..prefixes import ClientPrefix
from ..relaypolicy import TRANSFER
from .overtaken import OvertakenQueries
from .streamquery import StreamQuery
from .transfers import TransferTransport

if TYPE_CHECKING:
    from .port import StreamPort

# A name of another module is looked up in a dictionary each time.
_DROP: Final = DROP
_PASSAGE: Final[Passage] = PASSAGE
# What is remembered for a client that may not ask.
_NOTHING: Final[dict[bytes, Remembered[bytes]]] = {}


class Connection(TransferTransport):
    """
    One TCP or TLS connection of a client.

    All queries of one read that can be answered at once leave in one write. Responses
    that come later leave together at the end of their reactor turn, in the order in
    which they became ready (RFC 7766 section 7).

    @ivar asked: whether a query has come that is one, of a client who may ask.
    @ivar address: whose it is, in presentation form, as far as that is known.
    @ivar prefix: what all of the same prefix take.
    @ivar unlimited: whether the limits of prefixes are none for him.
    @ivar paid: whether its handshake counts among those of this second.
    """

    # Seconds before its deadline from which a connection that never asked makes room.
    GRACE: ClassVar[float] = 4.0
    # Octets of a message that can't be answered, over which nothing behind it is read: it may go on for ever.
    JUNK: ClassVar[int] = 4096

    __slots__ = (
        "_buffer",
        "_client",
        "_junk",
        "_later",
        "_order",
        "address",
        "asked",
        "paid",
        "prefix",
        "unlimited",
    )

    # Set by L{count}, before it is started.
    prefix: ClientPrefix

    def __init__(
        self,
        port: StreamPort,
        sock: socket.socket,
        channel: Channel,
        client: Client | None,
    ) -> None:
        """@param client: who asks, or None for one who may not."""
        super().__init__(port, sock, channel)
        self._client = client
        self._buffer = b""
        # Messages that were no queries.
        self._junk = 0
        # What leaves at the end of this turn.
        self._later: list[bytes | StreamQuery] = []
        self._order = OvertakenQueries(port.maxInFlight)
        self.asked = False
        self.address = ""
        self.unlimited = self.paid = False

    def count(self, address: str, unlimited: bool) -> None:
        """It is counted among those of this address from now on."""
        self.address = address
        self.unlimited = unlimited
        self.prefix = self._port.limits.of(address)

    def _mayShakeHands(self) -> bool:
        return self._port.handshakeQueue.admits(self)

    def goOn(self) -> None:
        """Read what has come of a handshake that had to wait."""
        self._proceed()
        if not self._lost:
            self.doRead()

    @property
    def busy(self) -> bool:
        """Whether a query is in flight or waits for room."""
        return bool(self.inFlight or self._later)

    @property
    def idle(self) -> bool:
        """
        Whether it may be closed for another's sake: all that was asked is answered, or
        nothing was ever asked and its time for that is nearly over.
        """
        silent = self.deadline - self._port.now() < self.GRACE
        return (self.asked or silent) and not (self.busy or self._ended)

    @property
    def full(self) -> bool:
        """Whether as many queries are in flight as may be."""
        return self._room <= 0

    @property
    def _room(self) -> int:
        """How many more may be, besides those that others have overtaken: a slow name holds up no other."""
        return self._port.maxInFlight - self.inFlight + self._order.late

    def _named(self, serverName: str, identity: str) -> None:
        self._port.identified += bool(identity)
        client = self._client
        if client is not None:
            self._client = client._replace(sni=serverName, identity=identity)

    def tellOfTLS(self) -> None:
        """Put what the handshake has agreed on to what upstreams are told of the client."""
        client = self._client
        if client is not None and client.origin is not None:
            version, cipher, alpn = self._channel.agreed
            origin = client.origin._replace(version=version, cipher=cipher, alpn=alpn)
            self._client = client._replace(origin=origin)

    def _take(self, plain: bytes) -> None:
        self._buffer = self._buffer + plain if self._buffer else plain
        self._answerBuffered()

    def _answerBuffered(self) -> None:
        """Take queries from the buffer, up to the cap, and send what is known at once."""
        try:
            while self._buffer and not self._held and (messages := self._split()):
                ready: list[bytes] = []
                self._ask(messages, ready)
                if ready:
                    self._seal(b"".join(ready))
        except FormatError:
            self._port.responder.counts.malformed += 1
            self._buffer = b""
            self.drain()
        if self.full:
            self._pause()
        if self._buffer or self._holds:
            self._reckon()

    def _holding(self) -> int:
        return 0 if self._lost else len(self._unsent) + len(self._buffer)

    def _split(self) -> list[bytes]:
        port = self._port
        messages, self._buffer = framing.split(self._buffer, max(self._room, 0))
        port.responder.counts.queries += len(messages)
        return messages

    def _ask(self, messages: list[bytes], ready: list[bytes]) -> None:
        """Ask the chain, and gather the responses that are known now, framed."""
        packetCache = self._port.packetCache
        now, client = packetCache.tick(), self._client
        known = packetCache.known if client else _NOTHING
        asked, junk = 0, self._junk
        for message in messages:
            remembered = known.get(message[2:]) if known else None
            if (
                remembered is not None
                and client
                and (remembered.toll is None or remembered.toll.pays(client, now))
            ):
                tail = remembered.ready
            else:
                asked += 1
                found = self._askChain(message)
                if found is None:
                    continue
                tail = found
            ready += ((len(tail) + 2).to_bytes(2, "big"), message[:2], tail)
        self._port.responder.counts.remembered += len(messages) - asked
        # Octets now and then, or messages that are no queries, keep nothing open (RFC 7766 section 6.2.3).
        if client and self._junk - junk < len(messages):
            if not self.asked:
                self.asked = True
                self._port.room.settle(self)
            self._stay()

    def _stay(self) -> None:
        """Be idle from now on, and no sooner."""
        self.deadline = self._port.now() + self._port.idle

    def _askChain(self, message: bytes) -> bytes | None:
        """The response behind its ID, or None where it comes later or never."""
        responder, client = self._port.responder, self._client
        try:
            query = Query(message, client or NOBODY)
        except FormatError as error:
            return self._askOther(message, error)
        _PASSAGE.begin()
        answer = responder.resolve(query) if client else responder.refuse(query)
        if isinstance(answer, Later):
            self.inFlight += 1
            StreamQuery(self, responder, query, answer, self._order.enter()).wait()
            return None
        if answer is _DROP:
            responder.counts.dropped += 1
            return None
        if answer is TRANSFER:
            return self._askTransfer(query)
        tail = responder.render(query, answer, self._port.hop)
        if responder.replays and client and not _PASSAGE.once:
            self._port.packetCache.keep(message[2:], tail, tail, answer, _PASSAGE.toll)
        return tail

    def _askOther(self, message: bytes, error: FormatError) -> bytes | None:
        """The same for what is no query to be resolved."""
        response = self._port.responder.respondToNonQuery(message, self._client, error, self._port.hop)
        if isinstance(response, Deferred):
            self.inFlight += 1
            self._port.responder.relayed(response, message, self._relayLater)
            return None
        self._junk += 1
        if response is None and len(message) > self.JUNK:
            # The other one would keep the message, in a cycle of frames that it was raised in.
            raise FormatError("a long message that is none")
        return response and response[2:]

    def _askTransfer(self, query: Query) -> bytes | None:
        """The same for a zone transfer."""
        try:
            return self._transfer(query)
        except FormatError as error:
            return self._askOther(query.wire, error)

    def _relayLater(self, response: bytes) -> None:
        self.inFlight -= 1
        if not self._lost:
            self._leave(framing.frame(response))

    def answered(self, waiting: StreamQuery) -> None:
        """A query has its answer."""
        self.inFlight -= 1
        self._order.leave(waiting.number)
        if not self._lost:
            self._leave(waiting)

    def _leave(self, response: bytes | StreamQuery) -> None:
        """Send a response with the others of this turn."""
        if not self._later:
            self._port.flushLater(self)
        self._later.append(response)

    def _render(self, waiting: StreamQuery, ready: list[bytes]) -> None:
        port, query, answer = self._port, waiting.query, waiting.answer
        if answer is _DROP:
            port.responder.counts.dropped += 1
            return
        tail = port.responder.render(query, answer, port.hop)
        ready += ((len(tail) + 2).to_bytes(2, "big"), query.wire[:2], tail)

    def flush(self, now: float) -> None:
        """
        Send the responses of this turn.

        @param now: the port's clock.
        """
        later, self._later = self._later, []
        if self._lost:
            return
        self.deadline = now + self._port.idle
        ready: list[bytes] = []
        for response in later:
            if isinstance(response, StreamQuery):
                self._render(response, ready)
            else:
                ready.append(response)
        if ready:
            self._seal(b"".join(ready))
        if self._buffer or self._outgoing or not self._reading:
            # Else nothing has waited for these to leave.
            self._proceed()

    def _proceed(self) -> None:
        if self._outgoing:
            self._resume()
        if self._buffer and not self._held:
            self._answerBuffered()
        super()._proceed()
