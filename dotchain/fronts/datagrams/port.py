"""The UDP front: a reactor reader over a socket that is read and written in batches."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, Final, Literal

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import classImplements

from ...batchcalls import BATCH, available
from ...client import NOBODY, Client
from ...clockwork.turn import TurnEnd
from ...node import Later
from ...toll import PASSAGE
from ...wire import DROP, Answer, FormatError, Hop, Query
from ...wire.reply import DATAGRAM
from ..packetcache import PacketCache
from ..readerrestart import ReaderRestart
from ..responder import Responder
from . import mmsg, onemsg
from .batches import Batches
from .cookies import Cookies
from .datagramquery import DatagramQuery

# Of the first octet behind the ID (RFC 1035 section 4.1.1).
_TC: Final = 2
_DISCARD: Final = 9
# echo, daytime, qotd, chargen and time answer whatever comes, also an answer.
_CHATTERING = frozenset((7, 13, 17, 19, 37))


def batches(port: socket.socket, wildcard: bool) -> Batches:
    """The fastest way to read and write a socket that this platform has."""
    return (mmsg.BatchSocket if available() else onemsg.SingleSocket)(port, wildcard)


class DatagramPort:
    """
    One UDP socket.

    A client that asks again before it is answered, with the same octets from the same
    port, gets one answer: stubs repeat their datagrams every second or so.

    @ivar responder: the chain.
    @ivar inFlight: queries taken whose response is not yet sent.
    @ivar packetCache: responses that are remembered.
    @ivar readerRestart: what has it read again, whatever happens.
    """

    # Batches of 64 that one reactor turn reads: more would starve streams and timers.
    BATCHES: ClassVar[int] = 4

    def __init__(
        self,
        responder: Responder,
        port: socket.socket,
        io: Batches,
        turn: TurnEnd,
        cookies: Cookies | None = None,
    ) -> None:
        """
        @param cookies: DNS cookies, or None where the option is ignored.
        """
        self.responder = responder
        self._cookies = cookies
        self._port = port
        self._io = io
        self._turn = turn
        self.readerRestart = ReaderRestart(self, port, f"front {responder.name} (udp)")
        self.packetCache: PacketCache[Any] = PacketCache(responder.now)
        self._replays = responder.replays
        # A name of another module is looked up in a dictionary each time.
        self._passage = PASSAGE
        self._later: list[tuple[Any, bytes]] = []
        self.inFlight = 0
        # Who waits, by the octets that came. Of several clients that drew the same ID for the
        # same question the first stands here: only what the others repeat is asked again.
        self._waiting: dict[bytes, Any] = {}

    @property
    def listener(self) -> socket.socket:
        """The socket that it reads."""
        return self._port

    @property
    def quiet(self) -> bool:
        """Whether all that was asked is answered."""
        return not self.inFlight

    def follow(self) -> None:
        """The chain has become another one."""
        self._replays = self.responder.replays

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._port.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def start(self, reactor: IReactorFDSet) -> None:
        """Begin to read."""
        self.readerRestart.start(reactor)

    def leave(self) -> None:
        """
        Read what has come, before it is stopped; what else comes goes to whoever has the address beside it.

        Linux gives a socket that is connected nothing of others than its peer, and sends to all.
        """
        host, _, *rest = self._port.getsockname()
        with suppress(OSError):
            self._port.connect((host, _DISCARD, *rest))
        self.doRead()

    def stop(self, reactor: IReactorFDSet) -> None:
        """Read no more; responses still leave."""
        self.readerRestart.stop()

    def close(self) -> None:
        """Send what is ready and close the socket."""
        self._flushLater()
        self._port.close()

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}: it is listened to all the same, unless it was stopped."""
        self.readerRestart.lost(reason)

    def doRead(self) -> None:
        """See L{IReadDescriptor}; nothing leaves it, or the reactor would read no more."""
        try:
            for _ in range(self.BATCHES):
                if self._readBatch() < BATCH:
                    break
        except BaseException:
            self.readerRestart.lost(Failure())

    def _readBatch(self) -> int:
        io, packetCache = self._io, self.packetCache
        rests, sources = io.receive()
        now = packetCache.tick()
        known, clients = packetCache.known, self.responder.clients
        asked = 0
        for index, rest in enumerate(rests):
            remembered = known.get(rest)
            # A client that is known and permitted, and a response that is ready: 0.6 µs, and a call that asks
            # whether he may have it would take a sixth of that again.
            if (
                remembered is not None
                and (client := clients.get(sources[index]))
                and ((toll := remembered.toll) is None or toll.pays(client, now))
            ):
                io.reply(index, remembered.ready)
            else:
                asked += 1
                try:
                    self._ask(index, rest, sources[index])
                except BaseException:
                    # The others of this batch must still be served.
                    self.responder.contractViolations.tell(Failure())
        io.flush()
        self.responder.counts.queries += len(rests)
        self.responder.counts.remembered += len(rests) - asked
        return len(rests)

    def _ask(self, index: int, rest: bytes, source: Any) -> None:
        responder, io = self.responder, self._io
        met = responder.clients.get(source)
        client = self._meet(source) if met is None else met
        if not client and responder.drop:
            responder.counts.dropped += 1
            responder.counts.denied += 1
            return
        wire = io.id(index) + rest
        if wire in self._waiting and self._repeats(wire, io.peer(index)):
            return
        hop, known, cookies = DATAGRAM, None, self._cookies
        self._passage.begin()
        try:
            query = Query(wire, client or NOBODY)
            # Octets behind its end don't make another query of it.
            if query.wire is not wire and self._repeats(query.wire, io.peer(index)):
                return
            edns = query.edns
            if cookies is not None and (cookies.required or (edns is not None and edns.options)):
                hop, known = cookies.meet(query, io.packed(source))
        except FormatError as error:
            self._askOther(index, wire, error, client, source)
            return
        asked = (known or responder.resolve(query)) if client else responder.refuse(query)
        if isinstance(asked, Later):
            self._await(asked, query, io.peer(index), hop)
        else:
            self._replyNow(index, rest, query, asked, hop, bool(client))

    def _meet(self, source: Any) -> Client | Literal[False]:
        io = self._io
        return self.responder.meet(source, io.text(source), io.origin(source), io.names(source))

    def _repeats(self, wire: bytes, peer: Any) -> bool:
        """Whether this client waits for the answer to the same octets already."""
        if self._waiting.get(wire) != peer:
            return False
        self.responder.counts.repeated += 1
        return True

    def _askOther(self, index: int, wire: bytes, error: FormatError, client: Any, source: Any) -> None:
        """
        What is no query to be resolved. Services that answer anything get nothing: somebody who
        forges their address could have both of us send to each other for ever.
        """
        io = self._io
        if io.port(index) in _CHATTERING:
            self.responder.counts.dropped += 1
            self.responder.counts.chattering += 1
            return
        response: bytes | Deferred[bytes] | None = None
        if client and self._cookies is not None:
            response = self._cookies.alone(wire, io.packed(source))
        response = response or self.responder.respondToNonQuery(wire, client, error)
        if isinstance(response, Deferred):
            self.inFlight += 1
            self.responder.relayed(response, wire, partial(self._relayLater, peer=io.peer(index)))
        elif response is not None:
            io.reply(index, io.prepare(response[2:]))

    def _replyNow(
        self, index: int, rest: bytes, query: Query, answer: Any, hop: Hop, permitted: bool
    ) -> None:
        if answer is DROP:
            self.responder.counts.dropped += 1
            return
        tail = self._rendered(query, answer, hop)
        ready = self._io.prepare(tail)
        passage = self._passage
        # A response with a cookie is for one client alone.
        if self._replays and permitted and hop is DATAGRAM and not passage.once:
            self.packetCache.keep(rest, tail, ready, answer, passage.toll)
        self._io.reply(index, ready)

    def _await(self, asked: Later, query: Query, peer: Any, hop: Hop) -> None:
        self.inFlight += 1
        self._waiting.setdefault(query.wire, peer)
        DatagramQuery(self, query, asked, peer, hop).wait()

    def answered(self, query: Query, answer: Answer, peer: Any, hop: Hop) -> None:
        """A query has its answer."""
        self.inFlight -= 1
        if self._waiting.get(query.wire) == peer:
            del self._waiting[query.wire]
        if answer is DROP:
            self.responder.counts.dropped += 1
            return
        self._leave(peer, self._rendered(query, answer, hop))

    def _rendered(self, query: Query, answer: Any, hop: Hop) -> bytes:
        tail = self.responder.render(query, answer, hop)
        if tail[0] & _TC:
            self.responder.counts.truncated += 1
        return tail

    def _relayLater(self, response: bytes, peer: Any) -> None:
        self.inFlight -= 1
        self._leave(peer, response[2:])

    def _leave(self, peer: Any, tail: bytes) -> None:
        """Send a response with the others of this turn."""
        if not self._later:
            self._turn.call(self._flushLater)
        self._later.append((peer, tail))

    def _flushLater(self) -> None:
        later, self._later = self._later, []
        if self._port.fileno() < 0:
            # The number may be another file's by now.
            return
        for peer, tail in later:
            self._io.replyTo(peer, tail)
        self._io.flush()


# A decorator would make it a class that mypyc does not compile.
classImplements(DatagramPort, IReadDescriptor)
