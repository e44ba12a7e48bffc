"""Messages that others publish, over connections that carry nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from twisted.logger import Logger

from .command import encoded
from .line import Line
from .peer import Kit
from .replies import Replies, ReplyError
from .servers import Server
from .waiting import Waiting


class Subscriber:
    """Hears at each server what is published there."""

    def __init__(self, kit: Kit, up: Callable[[], object]) -> None:
        """@param up: called each time that messages are heard again."""
        self._kit = kit
        self._up = up
        self._channels: dict[bytes, list[Callable[[bytes], None]]] = {}
        self._lines: dict[Server, Line] = {}

    def add(self, channel: bytes, told: Callable[[bytes], None]) -> None:
        """Hear what is published there, once servers are known."""
        self._channels.setdefault(channel, []).append(told)

    def hear(self, servers: Sequence[Server]) -> None:
        """Be connected to these servers from now on, and to no others, where there is anything to hear."""
        wanted = {*servers} if self._channels else set()
        for gone in self._lines.keys() - wanted:
            self._lines.pop(gone).stop()
        for new in wanted - self._lines.keys():
            self._lines[new] = self._line(new)
            self._lines[new].start()

    def _line(self, server: Server) -> Line:
        subscription = Subscription(self._kit.reactor, self._channels, self._up)
        line = self._kit.line(server, subscription, lambda: None)
        subscription.giveUp = line.close
        return line


class Subscription:
    """
    One connection that channels are heard over: an L{End<dotchain.valkey.greeting.End>}.

    @ivar giveUp: closes the connection, and is told why.
    """

    # Seconds between two PINGs, each of which must be answered before the next; octets of a message.
    EVERY: ClassVar[float] = 5.0
    MOST: ClassVar[int] = 1 << 16

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        channels: Mapping[bytes, Sequence[Callable[[bytes], None]]],
        up: Callable[[], object],
    ) -> None:
        """
        @param channels: who is told of what.
        @param up: called when the server has taken all channels.
        """
        self.giveUp: Callable[[str], object] = self.lost
        self._reactor = reactor
        self._channels = channels
        self._up = up
        self._greeting: deque[Waiting] = deque()
        self._transport: Any = None
        self._reader: Replies | None = None
        self._call: Any = None
        self._heard = True
        self._taken = 0
        self._unread = 0

    def attach(self, transport: Any) -> None:
        """See L{End<dotchain.valkey.greeting.End>}."""
        self._transport = transport
        self._reader = Replies()
        self._unread = self._taken = 0

    def sendNow(self, octets: bytes, waiting: Waiting) -> None:
        """See L{End<dotchain.valkey.greeting.End>}."""
        self._greeting.append(waiting)
        self._transport.write(octets)

    def ready(self) -> None:
        """See L{End<dotchain.valkey.greeting.End>}: subscribe."""
        self._transport.write(encoded("SUBSCRIBE", *self._channels))
        self._heard = True
        self._call = self._reactor.callLater(self.EVERY, self._ping)

    def _ping(self) -> None:
        self._call = None
        if not self._heard:
            self.giveUp(f"no answer for {self.EVERY:g} s")
            return
        self._heard = False
        self._transport.write(encoded("PING"))
        self._call = self._reactor.callLater(self.EVERY, self._ping)

    def take(self, data: bytes) -> None:
        """See L{End<dotchain.valkey.greeting.End>}."""
        reader = self._reader
        if reader is None:
            return
        self._unread += len(data)
        why = "sent what is no message"
        try:
            reader.feed(data)
            while self._reader is reader and (value := reader.gets()) is not False:
                self._unread = 0
                if not self._told(value):
                    self.giveUp(why)
        except ValueError:
            self.giveUp(why)
            return
        if self._unread > self.MOST:
            self.giveUp(f"sends a message of more than {self.MOST} octets")

    def _told(self, value: Any) -> bool:
        """Whether that is something to be heard here."""
        self._heard = True
        if self._greeting:
            waiting = self._greeting.popleft()
            if isinstance(value, ReplyError):
                waiting.refused(str(value))
            else:
                waiting.reply(value)
            return True
        if not isinstance(value, list) or len(value) < 2:
            return False
        if value[0] == b"message" and len(value) == 3 and isinstance(value[2], bytes):
            self._message(value[1], value[2])
            return True
        if value[0] == b"subscribe":
            self._taken += 1
            if self._taken == len(self._channels):
                self._up()
        return value[0] in (b"pong", b"subscribe")

    def _message(self, channel: object, message: bytes) -> None:
        if not isinstance(channel, bytes):
            return
        for told in self._channels.get(channel, ()):
            try:
                told(message)
            except Exception:
                self._log.failure("a message that was published could not be taken")

    def lost(self, why: str) -> None:
        """See L{End<dotchain.valkey.greeting.End>}."""
        self._transport = self._reader = None
        self._greeting.clear()
        if self._call is not None:
            self._call.cancel()
            self._call = None
