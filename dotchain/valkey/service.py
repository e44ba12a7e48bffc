"""Valkey, or Redis, as the rest of the daemon sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail

from ..clockwork import boottime
from .asked import Asked
from .away import Away
from .command import Word, encoded
from .counts import Counts
from .dialling import Access
from .direct import Direct
from .peer import Kit
from .servers import Server
from .store import Store
from .subscriber import Subscriber


class Valkey(Service):
    """
    One store on one server or several.

    @ivar store: what look-ups go through.
    @ivar counts: what has become of them.
    """

    # Seconds that a rare command may take, and how many may be on their way.
    PATIENCE: ClassVar[float] = 1.0
    MOST: ClassVar[int] = 256

    def __init__(
        self,
        reactor: Any,
        servers: Sequence[Server],
        timeout: float,
        access: Access | None = None,
        *,
        name: str = "shared",
        now: Callable[[], float] = boottime.now,
    ) -> None:
        """
        @param timeout: seconds that a look-up may take.
        @param access: who we are, and who the servers must be.
        @param name: the section that log lines begin with.
        @param now: a clock.
        @raise OptionError: where nothing can prove who a server is.
        """
        self.counts = Counts()
        self._calls: list[Callable[[], None]] = []
        self._kit = Kit(reactor, now, access or Access(), name)
        self._servers = Direct(self._kit, servers, self.counts, timeout, self.PATIENCE, self._up)
        self._subscriber = Subscriber(self._kit, self._up)
        self.store: Store = self._servers.store

    @property
    def section(self) -> str:
        """The section that log lines begin with, which is known once the chain is built."""
        return self._kit.name

    @section.setter
    def section(self, title: str) -> None:
        self._kit.name = title

    def startService(self) -> None:
        """Connect."""
        Service.startService(self)
        self._servers.start()
        self._subscriber.start(self._servers.servers)

    def stopService(self) -> None:
        """Close all connections."""
        Service.stopService(self)
        self._subscriber.stop()
        self._servers.stop()

    @property
    def state(self) -> str:
        """Either C{up}, or C{away: } and why."""
        return "up" if self.store.open else f"away: {self._servers.why}"

    def ask(self, *command: Word) -> Deferred[Any]:
        """
        Have a rare command done.

        @return: fires with the reply as hiredis has it; fails with L{Away}, or, where the server has replied
            with an error, with a L{Refused<dotchain.valkey.away.Refused>}, which is one.
        """
        link = self._servers.asked(command)
        if not link.open:
            return fail(Away(link.why))
        if link.inFlight >= self.MOST:
            return fail(Away(f"{self.MOST} commands are on their way already"))
        asked = Asked()
        deferred = asked.deferred
        link.send(encoded(*command), asked)
        return deferred

    def subscribe(self, channel: bytes, told: Callable[[bytes], None]) -> None:
        """
        Hear what others publish there, over a connection of its own, from the start of the service on.

        @param told: called with each message, maybe more than once where there are several servers.
        """
        self._subscriber.add(channel, told)

    def whenUp(self, call: Callable[[], None]) -> None:
        """
        Have it called each time that rare commands can be given again, or messages are heard again: some may
        have been missed.
        """
        self._calls.append(call)

    def _up(self) -> None:
        for call in self._calls:
            call()
