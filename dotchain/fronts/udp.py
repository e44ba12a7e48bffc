"""The UDP front: a reactor reader over a socket that is read and written in batches."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from ..client import NOBODY
from ..turn import TurnEnd
from ..wire import DROP, Answer, FormatError, Query
from . import mmsg, onemsg
from .asking import Asking
from .inflight import BUSY
from .memo import Memo

Batches = Any
"""A L{BatchSocket <dotchain.fronts.mmsg.BatchSocket>} or the like."""


def batches(port: socket.socket, wildcard: bool) -> Batches:
    """The fastest way to read and write a socket that this platform has."""
    return (mmsg.BatchSocket if mmsg.available() else onemsg.SingleSocket)(port, wildcard)


@implementer(IReadDescriptor)
class DatagramReader:
    """
    One UDP socket.

    A client that asks again before it is answered, with the same octets from the same
    port, gets one answer: stubs repeat their datagrams every second or so.

    @ivar inFlight: queries taken whose response is not yet sent.
    """

    # Batches of 64 that one reactor turn reads: more would starve streams and timers.
    BATCHES = 4

    def __init__(self, asking: Asking, port: socket.socket, io: Batches, turn: TurnEnd) -> None:
        self._asking = asking
        self._port = port
        self._io = io
        self._turn = turn
        self._memo: Memo[Any] = Memo(asking.now)
        self._replays = asking.replays
        self._later: list[tuple[Any, bytes]] = []
        self.inFlight = 0
        # Who waits, by the octets that came. Of several clients that drew the same ID for the
        # same question the first stands here: only what the others repeat is asked again.
        self._waiting: dict[bytes, Any] = {}

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._port.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def start(self, reactor: IReactorFDSet) -> None:
        """Begin to read."""
        reactor.addReader(self)

    def stop(self, reactor: IReactorFDSet) -> None:
        """Read no more; responses still leave."""
        reactor.removeReader(self)

    def close(self) -> None:
        """Send what is ready and close the socket."""
        self._flushLater()
        self._port.close()

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}."""
        self._port.close()

    def doRead(self) -> None:
        """See L{IReadDescriptor}."""
        for _ in range(self.BATCHES):
            if self._readBatch() < mmsg.BATCH:
                break

    def _readBatch(self) -> int:
        io, memo = self._io, self._memo
        rests, sources = io.receive()
        memo.tick()
        known, clients, reply = memo.known.get, self._asking.clients.get, io.reply
        for index, rest in enumerate(rests):
            ready = known(rest)
            # A client that is known and permitted, and a response that is ready: 0.6 µs.
            if ready is not None and clients(sources[index]):
                reply(index, ready)
            else:
                self._ask(index, rest, sources[index])
        io.flush()
        self._asking.counts.queries += len(rests)
        return len(rests)

    def _ask(self, index: int, rest: bytes, source: Any) -> None:
        asking, io = self._asking, self._io
        known = asking.clients.get(source)
        client = asking.meet(source, io.text(source)) if known is None else known
        if not client and asking.drop:
            asking.counts.dropped += 1
            return
        wire = io.id(index) + rest
        if wire in self._waiting and self._waiting[wire] == io.peer(index):
            asking.counts.repeated += 1
            return
        try:
            query = Query(wire, client or NOBODY)
        except FormatError as error:
            response = asking.rebuffed(wire, error)
            if response is not None:
                io.reply(index, io.prepare(response[2:]))
            return
        answer = asking.resolve(query) if client else asking.refuse(query)
        if isinstance(answer, Deferred):
            self._await(answer, query, io.peer(index))
        else:
            self._replyNow(index, rest, query, answer, bool(client))

    def _replyNow(self, index: int, rest: bytes, query: Query, answer: Answer, permitted: bool) -> None:
        if answer is DROP:
            self._asking.counts.dropped += 1
            return
        tail = self._asking.render(query, answer)
        ready = self._io.prepare(tail)
        if self._replays and permitted and answer is not BUSY:
            self._memo.keep(rest, tail, ready)
        self._io.reply(index, ready)

    def _await(self, answer: Deferred[Answer], query: Query, peer: Any) -> None:
        self.inFlight += 1
        self._asking.inFlight.enter(query)
        self._waiting.setdefault(query.wire, peer)
        # One pair instead of two saves Deferred a round: 0.4 µs.
        answer.addCallbacks(self._replyLater, self._failLater, (query, peer), errbackArgs=(query, peer))

    def _failLater(self, failure: Failure, query: Query, peer: Any) -> None:
        self._replyLater(self._asking.failed(failure), query, peer)

    def _replyLater(self, answer: Answer, query: Query, peer: Any) -> None:
        self.inFlight -= 1
        self._asking.inFlight.leave(query)
        if self._waiting.get(query.wire) == peer:
            del self._waiting[query.wire]
        if answer is DROP:
            self._asking.counts.dropped += 1
            return
        if not self._later:
            self._turn.call(self._flushLater)
        self._later.append((peer, self._asking.render(query, answer)))

    def _flushLater(self) -> None:
        later, self._later = self._later, []
        if self._port.fileno() < 0:
            # The number may be another file's by now.
            return
        for peer, tail in later:
            self._io.replyTo(peer, tail)
        self._io.flush()
