"""One connection to an upstream: queries pipelined, answers in any order."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, ClassVar

from ...wire import FormatError, framing
from ..inflighttable import InFlightTable
from .livenessquery import livenessQuery

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from ..pendingquery import PendingQuery
    from .pool import Pool

_LENGTH = Struct("!H").pack


class Pipeline:
    """
    A TCP or TLS connection that a L{Pool} has dialled, behind its protocol.

    All queries of one reactor turn leave in one write, behind one TLS record header.

    @ivar inFlightTable: the queries on their way.
    @ivar kernelRoute: by which the peer was reached when it was made.
    @ivar madeAt: when it was made.
    @ivar usedAt: when it last had something to do.
    @ivar silentSince: when an answer, or a part of one, was last heard, or when there began to be
        something to hear; neither sending more nor what nobody has asked for moves it.
    @ivar rested: seconds that it had been unused before the query whose answer is still due; 0
        where it was short, or an answer has come since.
    @ivar keepaliveTimeout: the idle timeout that the peer told with its last response (RFC 7828).
    @ivar sent: queries sent.
    @ivar retired: takes no more queries.
    @ivar fresh: no answer has come from the peer yet.
    @ivar transport: by which it is sent; None before it is there and after its end.
    """

    # Seconds of silence that are borne; fewer where it rested, for a NAT may have forgotten it, and
    # where it carries late ones that its peer may be full of.
    SILENCE: ClassVar[float] = 2.0
    REST: ClassVar[float] = 1.0
    STALLED: ClassVar[float] = 0.4
    # The part of that after which a liveness query goes out, and which its answer may take.
    LIVENESS: ClassVar[float] = 0.5
    # Seconds that a closing connection may take.
    LINGER: ClassVar[float] = 2.0

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.transport: Any = None
        self._out: list[bytes] = []
        self._in: list[bytes] = []
        self._buffer = b""
        self.inFlightTable = InFlightTable(True)
        self.kernelRoute = pool.common.kernelRouteTo(pool.address.host)
        self.madeAt = self.usedAt = self.silentSince = pool.common.now()
        self.rested = 0.0
        self.keepaliveTimeout: float | None = None
        self.sent = 0
        self.retired = False
        self.fresh = True
        self._gone = False
        self._lingering: Any = None
        self._livenessQuery: PendingQuery | None = None
        self._leavesAt = 0.0
        self._last = pool.common.settings.queries
        # IDs of queries that something came for which is no answer to them, since the last look.
        self._spoiled: set[bytes] = set()

    def connectionMade(self, transport: Any) -> None:
        """TCP has connected; TLS waits for its handshake."""
        self.transport = transport
        transport.setTcpNoDelay(True)
        self._pool.connections.alive.add(self)
        if not self._pool.encrypted:
            self._pool.connected(self)

    def handshakeCompleted(self) -> None:
        """Nothing is sent before the peer is who he must be."""
        self._pool.handshakeCompleted(self)

    def send(self, pending: PendingQuery, octets: bytes) -> int:
        """
        Send a query with the other queries of this turn.

        @return: how many are in flight by now.
        """
        if not self._out:
            self._pool.common.turn.call(self._flush)
            self._leavesAt = self._pool.common.now()
        table = self.inFlightTable
        inFlight = len(table.recent)
        if not inFlight and not table.late:
            self.silentSince = self._leavesAt
            rested = self.silentSince - self.usedAt
            self.rested = rested if rested >= self.REST else 0.0
        number = table.add(pending, self._leavesAt)
        self.sent += 1
        self._out.append(_LENGTH(len(octets) + 2) + number + octets)
        if self.sent == self._last:
            self._pool.connections.setAside(self)
        return inFlight + 1

    def sendLivenessQuery(self, now: float) -> None:
        """
        Ask what any server answers at once, unless that is out already: an answer shows that the
        peer is there, and that what was sent long before is slow by itself.
        """
        if self._livenessQuery is None:
            self._livenessQuery = livenessQuery(now)
            self.send(self._livenessQuery, self._pool.wire(self._livenessQuery, self._pool.encrypted, True))

    def livenessOverdue(self, now: float) -> float:
        """Seconds for which the answer to that has been due; 0 where none is."""
        return 0.0 if self._livenessQuery is None else now - self._livenessQuery.sentAt

    def forgetLivenessQuery(self) -> None:
        """Its answer is of no use any more."""
        if self._livenessQuery is not None:
            self._livenessQuery.done = True
            self._livenessQuery = None

    def _flush(self) -> None:
        out, self._out = self._out, []
        transport = self.transport
        if transport is not None and not self.retired:
            self.usedAt = self._pool.askedAt = self._pool.common.now()
            transport.write(b"".join(out))

    def dataReceived(self, data: bytes) -> None:
        """Octets have come: all that one turn brings is taken together."""
        if not self._in:
            self._pool.common.turn.call(self._take)
        self._in.append(data)

    def _take(self) -> None:
        """Hand on the answers that have come."""
        data, self._in = self._buffer + b"".join(self._in), []
        try:
            messages, self._buffer = framing.split(data, 65536)
        except FormatError:
            self._pool.complain("read", "sent a frame of less than a header", self)
            self.abort()
            return
        table, received = self.inFlightTable, self._pool.received
        before = table.mismatched
        for message in messages:
            self.keepaliveTimeout = received(table, message, self)
        wrong = table.mismatched - before
        self._heard(len(messages) - wrong)
        if wrong:
            self._spoiled.update(message[:2] for message in messages if table.expects(message[:2]))
        if messages and self._buffer:
            # What is left behind them may be a frame that is none, and that ends all.
            self._take()

    def askSpoiledAgain(self) -> None:
        """
        What came last with the ID of a query was no answer to it, and none has come since. Nobody forges on
        a connection: the peer has spoiled it. It is asked once more; the right answer still counts.
        """
        if not self._spoiled:
            return
        table, spoiled = self.inFlightTable, self._spoiled
        self._spoiled = set()
        for number in spoiled:
            pending = table.recent.get(number) or table.late.get(number)
            if pending is not None and not (pending.done or pending.resent):
                pending.resent = 1
                self._pool.submit(pending)

    def _heard(self, answers: int) -> None:
        """So many answers have come; what else a peer says is no sign that he answers."""
        pool = self._pool
        if answers:
            self.usedAt = self.silentSince = pool.common.now()
            self.rested = 0.0
            if self.fresh:
                self.fresh = False
                pool.peer.remember(self.transport)
            if self._livenessQuery is not None and self._livenessQuery.done:
                pool.connectionMonitor.prompt, self._livenessQuery = True, None
            pool.heard(self, answers)
        elif self.inFlightTable.expects(self._buffer[2:4]):
            # A large one is on its way.
            self.silentSince = pool.common.now()
            self.rested = 0.0

    def connectionLost(self, reason: Failure) -> None:
        """It has ended: what is in flight goes back to the pool."""
        self._gone = True
        if self._in:
            self._take()
        if self._lingering is not None and self._lingering.active():
            self._lingering.cancel()
        self._pool.lost(self, reason)
        self.retired = True
        self.transport = None

    @property
    def patience(self) -> float:
        """Seconds without one octet, though some are due, after which it is not trusted."""
        if self.crowded and self._pool.connectionMonitor.prompt:
            return self.stalled
        return self.REST if self.rested else self.SILENCE

    def dubious(self, now: float) -> bool:
        """Whether it has been silent so long; a crowded one also to a liveness query."""
        patience = self.patience
        soon = patience < self.REST
        return now - self.silentSince > patience and not (
            soon and self.livenessOverdue(now) < patience * self.LIVENESS
        )

    @property
    def crowded(self) -> bool:
        """
        Whether its peer may be full of queries that are late: servers that bear only so many at a time
        read on when one of them is answered. Then a liveness query is not answered either.
        """
        table = self.inFlightTable
        slow = table.passed and bool(table.late or table.forsaken)
        return slow and len(table.recent) > (self._livenessQuery is not None)

    @property
    def stalled(self) -> float:
        """Seconds of silence after which a peer reads no more, if it has answered liveness queries before."""
        return min(max(self.STALLED, 8 * self._pool.trip), self.SILENCE)

    def described(self) -> str:
        """What a log line tells of it."""
        age = self._pool.common.now() - self.madeAt
        return f"connection {age:.1f} s old, {self.sent} queries sent"

    def retire(self) -> None:
        """Close in order; a peer that does not answer close_notify is given up after L{LINGER} seconds."""
        if not self.retired:
            self.retired = True
            self._pool.connections.left(self)
            self._lingering = self._pool.common.reactor.callLater(self.LINGER, self.abort)
            self.transport.loseConnection()

    def abort(self) -> None:
        """Close at once."""
        self.retired = True
        self._pool.connections.left(self)
        if self.transport is not None and not self._gone:
            self.transport.abortConnection()
