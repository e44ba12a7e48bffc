"""Commands to one server and their replies, in order: what the hot path has of a connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from twisted.logger import Logger

from ..clockwork.sweep import Sweep
from .waiting import Looking, Putting, Waiting

if TYPE_CHECKING:
    from ..clockwork.turn import TurnEnd
    from .counts import Counts

# Errors that only what writes meets.
WRITES: Final = frozenset(("OOM", "READONLY", "MISCONF", "NOREPLICAS"))

_PUTTING: Final = Putting()


class Link:
    """
    One server, over one connection at a time.

    All commands of one reactor turn leave in one write. Replies come in their order, one for each, so that
    whoever was told that none came in time needs no place in the table: his is passed over.

    @ivar open: whether it takes look-ups: it is connected, has room, and the server answers in time.
    @ivar broken: why it does not though it is connected: the server does not answer in time, or refuses.
    @ivar writable: the server takes values.
    """

    # Commands on their way, of them those that write; octets of one turn, and of a reply.
    MOST: ClassVar[int] = 4096
    MOST_PUTS: ClassVar[int] = 2048
    ROOM: ClassVar[int] = 1 << 20
    REPLY: ClassVar[int] = 1 << 20
    # A look-up without a reply in time weighs as much as so many with one, and so many are borne.
    WEIGHT: ClassVar[int] = 4
    BORNE: ClassVar[int] = 8
    # Seconds after which a server that refuses to write is asked to once more.
    AGAIN: ClassVar[float] = 1.0

    _log: ClassVar[Logger] = Logger()

    def __init__(
        self,
        reactor: Any,
        turn: TurnEnd,
        now: Callable[[], float],
        timeout: float,
        counts: Counts,
        changed: Callable[[], object],
    ) -> None:
        """
        @param timeout: seconds that a reply may take.
        @param changed: called after each change of L{open}, L{broken} or L{writable}.
        """
        self._turn = turn
        self._now = now
        self.timeout = timeout
        self.counts = counts
        self._changed = changed
        self._sweep = Sweep(reactor, timeout / 4, self._expire, now)
        self.open = False
        self.broken = ""
        self.writable = True
        self.refusal = ""
        self._writeAt = 0.0
        self._ready = False
        self._paused = False
        self._bad = 0
        self._transport: Any = None
        self._reader: Any = None
        self._out: list[bytes] = []
        self._octets = 0
        self._unread = 0
        self._waiting: deque[Waiting] = deque()
        self._taken = 0
        self._late = 0
        # When what was sent up to which command has left.
        self._batches: deque[tuple[float, int]] = deque()
        self.lastKey = b""

    @property
    def inFlight(self) -> int:
        """Commands whose replies are yet to come."""
        return len(self._waiting) + self._late

    def look(self, key: bytes, looking: Looking) -> bool:
        """See L{Store.look<.store.Store.look>}."""
        if not self.open or len(self._waiting) + self._late >= self.MOST:
            self.counts.passed += 1
            return False
        self.counts.lookups += 1
        self.lastKey = key
        self.send(b"*2\r\n$3\r\nGET\r\n$%d\r\n%b\r\n" % (len(key), key), looking)
        return True

    def put(self, key: bytes, value: bytes, seconds: int) -> None:
        """See L{Store.put<.store.Store.put>}."""
        if not (self.open and self._takes() and self._octets + len(value) < self.ROOM):
            self.counts.dropped += 1
            return
        self.counts.puts += 1
        life = b"%d" % seconds
        self.send(
            b"*5\r\n$3\r\nSET\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n$2\r\nEX\r\n$%d\r\n%b\r\n"
            % (len(key), key, len(value), value, len(life), life),
            _PUTTING,
        )

    def _takes(self) -> bool:
        """Whether a value may be put; one now and then where the server last refused it."""
        if len(self._waiting) + self._late >= self.MOST_PUTS:
            return False
        if self.writable:
            return True
        now = self._now()
        if now < self._writeAt:
            return False
        self._writeAt = now + self.AGAIN
        return True

    def send(self, octets: bytes, waiting: Waiting) -> None:
        """Send a command with the others of this turn; whoever calls has seen that there is room."""
        if not self._out:
            self._turn.call(self._flush)
        self._out.append(octets)
        self._octets += len(octets)
        self._waiting.append(waiting)

    def sendNow(self, octets: bytes, waiting: Waiting) -> None:
        """Send one at once, in the time of whoever calls: he sees to it that its reply comes."""
        self._flush()
        if self._transport is not None:
            self._waiting.append(waiting)
            self._transport.write(octets)

    def _flush(self) -> None:
        if not self._out:
            return
        out, self._out, self._octets = self._out, [], 0
        if self._transport is None:
            return
        self._batches.append((self._now(), self._taken + len(self._waiting)))
        self._transport.write(b"".join(out))
        self._sweep.begin()

    def take(self, data: bytes) -> None:
        """Octets have come."""
        reader = self._reader
        if reader is None:
            return
        self._unread += len(data)
        try:
            reader.feed(data)
            while True:
                value = reader.gets()
                if value is False:
                    break
                self._unread = 0
                if not self._told(value):
                    self.close("sent what is no reply to what was asked")
                if self._reader is not reader:
                    return
        except Exception:
            # hiredis's errors, and that of memory for a list that is announced to be long.
            self.close("sent what is no reply at all")
            return
        if self._unread > self.REPLY:
            self.close(f"sends a reply of more than {self.REPLY} octets")

    def _told(self, value: object) -> bool:
        """Whether somebody has waited for it, and it is of the right type."""
        if self._late:
            self._late -= 1
            if isinstance(value, Exception):
                self._refused(str(value))
            return True
        if not self._waiting:
            return False
        waiting = self._waiting.popleft()
        self._taken += 1
        right = True
        try:
            if isinstance(value, Exception):
                text = str(value)
                self._refused(text)
                waiting.refused(text)
            else:
                right = waiting.reply(value)
                self._answered(waiting, value)
                if not right:
                    waiting.missed("a wrong reply")
        except BaseException:
            # The others must still be told.
            self._log.failure("one who waited for a reply has failed")
        return right

    def _answered(self, waiting: Waiting, value: object) -> None:
        if self._bad:
            self._bad -= 1
        if waiting is _PUTTING:
            if not self.writable:
                self.writable = True
                self.refusal = ""
                self._changed()
        elif value is not None:
            self.counts.found += 1

    def _refused(self, text: str) -> None:
        kind = self.counts.refuse(text)
        if kind not in WRITES:
            self._worse(1, text)
        elif self.writable:
            self.writable = False
            self.refusal = text
            self._writeAt = self._now() + self.AGAIN
            self._changed()

    def _expire(self) -> bool:
        """Tell those whose replies have not come in time."""
        due = self._now() - self.timeout
        missed = 0
        while self._batches and self._batches[0][0] <= due:
            last = self._batches.popleft()[1]
            while self._taken < last:
                missed += self._miss()
        if missed:
            self._worse(missed, "no answer in time")
        return bool(self._batches)

    def _miss(self) -> int:
        waiting = self._waiting.popleft()
        self._taken += 1
        self._late += 1
        if waiting is not _PUTTING:
            self.counts.timeouts += 1
        self._tellMissed(waiting, "no answer in time")
        return 1

    def _worse(self, missed: int, why: str) -> None:
        self._bad = min(self._bad + missed * self.WEIGHT, self.BORNE * self.WEIGHT)
        if self._bad >= self.BORNE * self.WEIGHT and not self.broken:
            self.broken = why
            self._look()

    def mend(self) -> None:
        """The server answers in time again, as far as a probe can tell: half as much is borne."""
        self._bad = self.BORNE * self.WEIGHT // 2
        self.broken = ""
        self._look()

    def _look(self) -> None:
        """Say whether it is open."""
        self.open = self._ready and not self._paused and not self.broken
        self._changed()

    def attach(self, transport: Any, reader: Any) -> None:
        """A connection is there; it takes nothing before it is L{ready}."""
        self._transport = transport
        self._reader = reader
        self._unread = 0
        transport.registerProducer(self, True)

    def ready(self) -> None:
        """The server has let us in."""
        self.counts.connections += 1
        self._ready = self.writable = True
        self._bad = 0
        self.broken = self.refusal = ""
        self._look()

    def close(self, why: str) -> None:
        """The server can't be believed any more."""
        transport = self._transport
        self.counts.wrong += 1
        self.lost(why)
        if transport is not None:
            transport.abortConnection()

    def lost(self, why: str) -> None:
        """The connection has ended: nobody waits any more."""
        if self._transport is None:
            return
        self._transport.unregisterProducer()
        self._transport = self._reader = None
        self._ready = self._paused = False
        waiting, self._waiting = self._waiting, deque()
        self._taken += len(waiting)
        self._late = 0
        self._out, self._octets = [], 0
        self._batches.clear()
        self._sweep.stop()
        self.broken = why
        self._look()
        for each in waiting:
            self._tellMissed(each, why)

    def _tellMissed(self, waiting: Waiting, why: str) -> None:
        try:
            waiting.missed(why)
        except BaseException:
            self._log.failure("one who waited for a reply has failed")

    def pauseProducing(self) -> None:
        """See L{IPushProducer<twisted.internet.interfaces.IPushProducer>}: the server reads too slowly."""
        self._paused = True
        self._look()

    def resumeProducing(self) -> None:
        """See L{IPushProducer<twisted.internet.interfaces.IPushProducer>}."""
        self._paused = False
        self._look()

    def stopProducing(self) -> None:
        """See L{IPushProducer<twisted.internet.interfaces.IPushProducer>}: its end is told by L{lost}."""
