"""Servers of ours: connected, asked, and told of once where they are away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..clockwork import boottime
from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..clockwork.turn import TurnEnd
from .asked import Asked
from .away import Away
from .command import Word, encoded
from .counts import Counts
from .dialling import Access
from .line import Line
from .link import Link
from .servers import Server
from .store import Store


class Valkey(Service):
    """
    One or several servers, of which the first that answers is used.

    To each there are two connections: look-ups are not kept waiting by rare commands that take long.

    @ivar store: what look-ups go through.
    @ivar counts: what has become of them.
    """

    # Seconds that a rare command may take, and how many may be on their way.
    PATIENCE: ClassVar[float] = 1.0
    MOST: ClassVar[int] = 256

    _log = Logger()

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
        @raise ImportError: where hiredis is not installed.
        @raise OptionError: where nothing can prove who a server is.
        """
        self._newReader: Callable[[], Any] = import_module("hiredis").Reader
        self.counts = Counts()
        self._name = name
        self._reactor = reactor
        self._now = now
        self._turn = TurnEnd(reactor, self._flushFailed)
        self._calls: list[Callable[[], None]] = []
        self._logRateLimit = LogRateLimit(now=now)
        self._told: set[Line] = set()
        access = access or Access()
        self._lines = [self._line(server, access, timeout, self.counts) for server in servers]
        self._rare = [self._line(server, access, self.PATIENCE, Counts(), self._up) for server in servers]
        self.store = Store([line.link for line in self._lines], self.counts)

    def _line(
        self,
        server: Server,
        access: Access,
        timeout: float,
        counts: Counts,
        up: Callable[[], object] = lambda: None,
    ) -> Line:
        link = Link(self._reactor, self._turn, self._now, timeout, counts, lambda: self._changed(line))
        line = Line(self._reactor, server, access, link, self._newReader, up)
        return line

    def _flushFailed(self, failure: Failure) -> None:
        self._log.failure("look-ups could not be sent", failure)

    def startService(self) -> None:
        """Connect."""
        Service.startService(self)
        for line in (*self._lines, *self._rare):
            line.start()

    def stopService(self) -> None:
        """Close all connections."""
        Service.stopService(self)
        for line in (*self._lines, *self._rare):
            line.stop()

    @property
    def state(self) -> str:
        """Either C{up}, or C{away: } and why."""
        if self.store.open:
            return "up"
        first = self._lines[0]
        return f"away: {first.why or first.link.broken or 'it reads too slowly'}"

    def ask(self, *command: Word) -> Deferred[Any]:
        """
        Have a rare command done.

        @return: fires with the reply as hiredis has it; fails with L{Away}, or, where the server has replied
            with an error, with a L{Refused<dotchain.valkey.away.Refused>}, which is one.
        """
        link = next((line.link for line in self._rare if line.link.open), None)
        if link is None:
            first = self._rare[0]
            return fail(Away(first.why or first.link.broken or "it reads too slowly"))
        if link.inFlight >= self.MOST:
            return fail(Away(f"{self.MOST} commands are on their way already"))
        asked = Asked()
        deferred = asked.deferred
        link.send(encoded(*command), asked)
        return deferred

    def whenUp(self, call: Callable[[], None]) -> None:
        """Have it called each time that a connection stands: what was told before may have been missed."""
        self._calls.append(call)

    def _up(self) -> None:
        for call in self._calls:
            call()

    def _changed(self, line: Line) -> None:
        self.store.choose()
        line.changed()
        self._report(line)

    def _report(self, line: Line) -> None:
        """Tell that a server is away, or back, once each."""
        if line not in self._lines or not self.running:
            return
        if line.link.open:
            if line in self._told:
                self._told.discard(line)
                self._log.info("[{section}] {server} answers again", section=self._name, server=line.server)
        elif line not in self._told and line.link.broken:
            held = self._logRateLimit.admit(line)
            if held is not None:
                self._told.add(line)
                self._log.warn(
                    "[{section}] {server} is passed by: {why}{more}",
                    section=self._name,
                    server=line.server,
                    why=line.link.broken,
                    more=suppressed(held),
                )
