"""One server: connected, probed where it is late, and told of once where it is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure

from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..clockwork.turn import TurnEnd
from .counts import Counts
from .dialling import Access
from .greeting import End
from .line import Line
from .link import Link
from .probing import Probing
from .servers import Server


class Kit:
    """
    What all connections of one section have in common.

    @ivar name: the section.
    @ivar access: who we are, and who servers must be.
    """

    _log = Logger()

    def __init__(self, reactor: Any, now: Callable[[], float], access: Access, name: str) -> None:
        self.reactor = reactor
        self.now = now
        self.access = access
        self.name = name
        self.logRateLimit = LogRateLimit(now=now)
        self.turn = TurnEnd(reactor, self._flushFailed)

    def _flushFailed(self, failure: Failure) -> None:
        self._log.failure("look-ups could not be sent", failure)

    def line(self, server: Server, end: End, up: Callable[[], object], lenient: bool = False) -> Line:
        """A connection to a server; see L{Line}."""
        return Line(self.reactor, server, self.access, end, up, lenient)


class Peer:
    """
    One server.

    @ivar link: commands and replies.
    @ivar line: the connection.
    """

    _log = Logger()

    def __init__(
        self,
        kit: Kit,
        server: Server,
        timeout: float,
        changed: Callable[[], object] = lambda: None,
        *,
        counts: Counts | None = None,
        up: Callable[[], object] = lambda: None,
        lenient: bool = False,
    ) -> None:
        """
        @param timeout: seconds that a reply may take.
        @param changed: called after each change of the link.
        @param counts: where it counts; without it is not told of, either: another one is of the same server.
        @param up: called each time that the connection stands.
        @param lenient: see L{Line}.
        """
        self._kit = kit
        self._changed = changed
        self._quiet = counts is None
        self._told = self._toldValues = self._running = False
        self.link = Link(kit.reactor, kit.turn, kit.now, timeout, counts or Counts(), self._linkChanged)
        self.line = kit.line(server, self.link, up, lenient)
        self.link.giveUp = self.line.close
        self._probing = Probing(kit.reactor, self.link)

    def start(self) -> None:
        """Connect, and again whenever that ends."""
        self._running = True
        self.line.start()

    def stop(self) -> None:
        """Close, and connect no more."""
        self._running = False
        self.line.stop()

    def _linkChanged(self) -> None:
        self._probing.look()
        if self._running and not self._quiet:
            self._report()
            self._reportValues()
        self._changed()

    def _report(self) -> None:
        """Tell that it is passed by, or answers again, once each."""
        link, server = self.link, self.line.server
        if link.open and self._told:
            self._told = False
            self._log.info("[{section}] {server} answers again", section=self._kit.name, server=server)
        elif link.why and not (self._told or link.paused):
            held = self._kit.logRateLimit.admit(str(server))
            if held is not None:
                self._told = True
                self._log.warn(
                    "[{section}] {server} is passed by: {why}{more}",
                    section=self._kit.name,
                    server=server,
                    why=link.why,
                    more=suppressed(held),
                )

    def _reportValues(self) -> None:
        """Tell that it takes no values, as one that is full, or takes them again, once each."""
        refusal, server = self.link.circuit.refusal, self.line.server
        if self._toldValues and self.link.open and not refusal:
            self._toldValues = False
            self._log.info("[{section}] {server} takes values again", section=self._kit.name, server=server)
        elif refusal and not self._toldValues:
            held = self._kit.logRateLimit.admit((str(server), "values"))
            if held is not None:
                self._toldValues = True
                self._log.warn(
                    "[{section}] {server} takes no values: {why}{more}",
                    section=self._kit.name,
                    server=server,
                    why=refusal,
                    more=suppressed(held),
                )
