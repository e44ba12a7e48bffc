"""Commands to one server and their replies: what the hot path has of a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from twisted.logger import Logger

from ..clockwork.sweep import Sweep
from . import getset
from .circuit import REDIRECTIONS, Circuit
from .inflight import InFlight
from .replies import Replies, ReplyError
from .waiting import Looking, Putting, Waiting

if TYPE_CHECKING:
    from ..clockwork.turn import TurnEnd
    from .counts import Counts

_PUTTING: Final = Putting()

_LATE: Final = "no answer in time"


class Link:
    """
    One server, over one connection at a time.

    All commands of one reactor turn leave in one write.

    @ivar open: whether it takes look-ups: it is connected, reads, answers in time, and refuses nothing.
    @ivar connected: whether it is connected and has let us in.
    @ivar why: why it is not open; empty where it is.
    @ivar paused: whether it has sent so much that the server has yet to read some.
    @ivar circuit: what is known of the server.
    @ivar lastKey: what was looked for last.
    @ivar moved: called where the server says that another node of its cluster has a key.
    @ivar giveUp: closes the connection, and is told why.
    """

    # Commands on their way, and how many there may be before values are dropped; octets of the commands of a
    # turn, and of a reply.
    MOST: ClassVar[int] = 4096
    MOST_PUTS: ClassVar[int] = 2048
    ROOM: ClassVar[int] = 1 << 20
    REPLY: ClassVar[int] = 1 << 20

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
        @param changed: called after each change of what is told of it.
        """
        self.timeout = timeout
        self.counts = counts
        self.circuit = Circuit()
        self.open = self.connected = False
        self.why = "not connected yet"
        self.moved: Callable[[], object] | None = None
        self.lastKey = b""
        self.giveUp: Callable[[str], object] = self.lost
        self._turn = turn
        self._now = now
        self._changed = changed
        self._sweep = Sweep(reactor, timeout / 8, self._expire, now)
        self.paused = False
        self._transport: Any = None
        self._reader: Replies | None = None
        self._out: list[bytes] = []
        # Octets of this turn that are to leave, and those that came since a reply was last complete.
        self._octets = 0
        self._unread = 0
        self._inFlight = InFlight()

    @property
    def inFlight(self) -> int:
        """Commands whose replies are yet to come."""
        return self._inFlight.number()

    def look(self, key: bytes, looking: Looking) -> bool:
        """See L{Store.look<.store.Store.look>}."""
        if not self.open or self._inFlight.number() >= self.MOST:
            self.counts.passed += 1
            return False
        self.counts.lookups += 1
        self.lastKey = key
        self.send(getset.get(key), looking)
        return True

    def put(self, key: bytes, value: bytes, seconds: int) -> None:
        """See L{Store.put<.store.Store.put>}."""
        if not (self.open and self._hasRoom(len(value))):
            self.counts.dropped += 1
            return
        self.counts.puts += 1
        self.send(getset.put(key, value, seconds), _PUTTING)

    def _hasRoom(self, octets: int) -> bool:
        if self._octets + octets >= self.ROOM or self._inFlight.number() >= self.MOST_PUTS:
            return False
        return not self.circuit.refusal or self.circuit.tryValue(self._now())

    def send(self, octets: bytes, waiting: Waiting) -> None:
        """Send a command with the others of this turn; whoever calls has seen that it is open."""
        if not self._out:
            self._turn.call(self._flush)
        self._out.append(octets)
        self._octets += len(octets)
        self._inFlight.waiting.append(waiting)

    def sendNow(self, octets: bytes, waiting: Waiting) -> None:
        """Send one at once, be it open or not; whoever calls sees to the time that its reply takes."""
        self._flush()
        if self._transport is not None:
            self._inFlight.waiting.append(waiting)
            self._transport.write(octets)

    def _flush(self) -> None:
        if not self._out:
            return
        out, self._out, self._octets = self._out, [], 0
        self._inFlight.left(self._now())
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
            while self._reader is reader:
                value = reader.gets()
                if value is False:
                    break
                self._unread = 0
                if not self._told(value):
                    self._close("sent what is no reply to what was asked")
        except ValueError as error:
            self._close(f"sent what is no reply: {error}")
        if self._unread > self.REPLY:
            self._close(f"sends a reply of more than {self.REPLY} octets")

    def _told(self, value: object) -> bool:
        """Whether a reply was waited for, and is one that there can be."""
        if not self._inFlight.number():
            return False
        waiting = self._inFlight.next()
        if isinstance(value, ReplyError):
            self._refused(waiting, str(value))
            return True
        if waiting is None:
            return True
        self.circuit.answered()
        if waiting is _PUTTING:
            return self._putDone(value)
        if value is not None and isinstance(waiting, Looking):
            self.counts.found += 1
        return self._reply(waiting, value)

    def _reply(self, waiting: Waiting, value: object) -> bool:
        try:
            if waiting.reply(value):
                return True
            waiting.missed("a reply that there can't be")
        except BaseException:
            # The others must still be told.
            self._log.failure("one who waited for a reply has failed")
            return True
        return False

    def _putDone(self, value: object) -> bool:
        if self.circuit.refusal:
            self.circuit.refusal = ""
            self._changed()
        return value == b"OK"

    def _refused(self, waiting: Waiting | None, text: str) -> None:
        """The server has replied with an error."""
        kind = self.counts.refuse(text)
        if self.moved is not None and kind in REDIRECTIONS:
            self.moved()
        elif waiting is _PUTTING:
            if self.circuit.refuseValues(text, self._now()):
                self._changed()
        elif waiting is not None and isinstance(waiting, Looking) and self.circuit.worse(1, text):
            self._judge()
        if waiting is None:
            return
        try:
            waiting.refused(text)
        except BaseException:
            self._log.failure("one who waited for a reply has failed")

    def _expire(self) -> bool:
        """Tell those whose replies have not come in time."""
        overdue = self._inFlight.overdue(self._now() - self.timeout)
        if overdue and self.circuit.worse(len(overdue), _LATE):
            self._judge()
        for each in overdue:
            if each is not _PUTTING:
                self.counts.timeouts += 1
            self._miss(each, _LATE)
        return self._inFlight.timed()

    def _miss(self, waiting: Waiting, why: str) -> None:
        try:
            waiting.missed(why)
        except BaseException:
            self._log.failure("one who waited for a reply has failed")

    def mend(self) -> None:
        """See L{Circuit.mend}."""
        self.circuit.mend()
        self._judge()

    def _judge(self) -> None:
        """Something has changed: say whether it is open."""
        if self.connected:
            self.why = self.circuit.broken or ("reads too slowly" if self.paused else "")
        self.open = self.connected and not self.why
        self._changed()

    def attach(self, transport: Any) -> None:
        """A connection is there; it takes nothing before it is L{ready}."""
        self._transport = transport
        self._reader = Replies()
        self._unread = 0
        transport.registerProducer(self, True)

    def ready(self) -> None:
        """The server has let us in."""
        self.counts.connections += 1
        self.connected = True
        self.circuit.renew()
        self._judge()

    def _close(self, why: str) -> None:
        """The server can't be believed any more."""
        if self._transport is not None:
            self.counts.wrong += 1
            self.giveUp(why)

    def lost(self, why: str) -> None:
        """The connection has ended, so that nobody waits any more; or there was none."""
        self.why = why
        if self._transport is None:
            self._changed()
            return
        self._transport.unregisterProducer()
        self._transport = self._reader = None
        self.connected = self.paused = False
        self._out, self._octets, self._unread = [], 0, 0
        self._sweep.stop()
        waiting = self._inFlight.clear()
        self._judge()
        for each in waiting:
            self._miss(each, why)

    def pauseProducing(self) -> None:
        """See L{IPushProducer<twisted.internet.interfaces.IPushProducer>}: the server reads too slowly."""
        self.paused = True
        self._judge()

    def resumeProducing(self) -> None:
        """See L{IPushProducer<twisted.internet.interfaces.IPushProducer>}."""
        self.paused = False
        self._judge()

    def stopProducing(self) -> None:
        """See L{IPushProducer<twisted.internet.interfaces.IPushProducer>}: its end is told by L{lost}."""
