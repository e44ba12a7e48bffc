"""What a daemon runs on and runs, as fakes that note what happens to them."""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import ILogObserver, LogEvent, formatEvent
from zope.interface import implementer

from dotchain.address import addresses


class Reactor(MemoryReactorClock):
    """A reactor that notes what it is asked."""

    def __init__(self) -> None:
        MemoryReactorClock.__init__(self)
        self.stops = 0
        self.fromThread: list[Callable[[], object]] = []

    def run(self) -> None:
        """Run what waits for that, and go on."""
        for function, args, kwargs in self.whenRunningHooks:
            function(*args, **kwargs)

    def stop(self) -> None:
        """Count."""
        self.stops += 1

    def callFromThread(self, function: Callable[..., object], *args: object, **kwargs: object) -> None:
        """Keep for later."""
        self.fromThread.append(lambda: function(*args, **kwargs))

    def turn(self) -> None:
        """Run what came from signals."""
        calls, self.fromThread = self.fromThread, []
        for call in calls:
            call()


class Thing(Service):
    """A front or an upstream that notes what happens to it."""

    def __init__(self, name: str, events: list[str], listen: str = "udp://127.0.0.1:53") -> None:
        self.name, self.events, self.listen = name, events, addresses(listen)
        self.ports: list[object] = []
        self.streams = [each for each in self.listen if each.transport != "udp"]
        self.maxConnections = 100
        self.fatal: Callable[[str], object] = lambda _: None
        self.refuses: OSError | None = None
        self.wrong: Exception | None = None
        self.drained: Deferred[None] = Deferred()

    def note(self, what: str) -> None:
        """Add an event."""
        self.events.append(f"{what} {self.name}")

    def bind(self) -> None:
        """Open the first address only, where one refuses."""
        self.note("bind")
        if self.refuses:
            self.ports = [object()]
            raise CannotListenError("127.0.0.1", 53, self.refuses)

    def startService(self) -> None:
        """Note."""
        self.note("start")

    def stopService(self) -> Deferred[None]:
        """Note, and wait."""
        self.note("stop")
        return self.drained

    def abort(self) -> None:
        """Note."""
        self.note("abort")

    def networkChanged(self) -> None:
        """Note."""
        self.note("changed")

    def forget(self) -> None:
        """Note."""
        self.note("forget")

    def reload(self) -> None:
        """Note, or fail."""
        self.note("reload")
        if self.wrong:
            raise self.wrong


@implementer(ILogObserver)
class Kept:
    """Keeps what is logged."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def __call__(self, event: LogEvent) -> None:
        """Keep."""
        self.lines.append(formatEvent(event))
