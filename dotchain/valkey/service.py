"""Valkey, or Redis, as the rest of the daemon sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail

from ..clockwork import boottime
from ..options import OptionError
from .asked import Asked
from .away import Away
from .cluster import Cluster
from .command import Word, encoded
from .counts import Counts
from .dialling import Access
from .direct import Direct
from .peer import Kit
from .replicated import Replicated
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
        sentinel: str | None = None,
        cluster: bool = False,
        name: str = "shared",
        now: Callable[[], float] = boottime.now,
    ) -> None:
        """
        @param timeout: seconds that a look-up may take.
        @param access: who we are, and who the servers must be.
        @param sentinel: the servers are sentinels, and know the server by this name.
        @param cluster: the servers are nodes of a cluster.
        @param name: the section that log lines begin with.
        @param now: a clock.
        @raise OptionError: where nothing can prove who a server is, or values don't go together.
        """
        self.counts = Counts()
        self._calls: list[Callable[[], None]] = []
        self._kit = Kit(reactor, now, access or Access(), name)
        self._subscriber = Subscriber(self._kit, self._up)
        self._servers = self._reached(servers, timeout, sentinel, cluster)
        self.store: Store = self._servers.store

    @property
    def section(self) -> str:
        """The section that log lines begin with, which is known once the chain is built."""
        return self._kit.name

    @section.setter
    def section(self, title: str) -> None:
        self._kit.name = title

    def _reached(
        self, servers: Sequence[Server], timeout: float, sentinel: str | None, cluster: bool
    ) -> Direct | Replicated | Cluster:
        settings = self.counts, timeout, self.PATIENCE, self._up, self._subscriber.hear
        if cluster and sentinel is not None:
            raise OptionError("sentinel", "a cluster has no sentinels; leave out this key, or 'cluster'")
        if (cluster or sentinel is not None) and any(each.path for each in servers):
            raise OptionError("server", "a UNIX socket leads to one server alone; name hosts")
        if cluster and any(each.number for each in servers):
            raise OptionError("server", "a cluster has no databases by number; leave out what is behind '/'")
        if sentinel is not None:
            return Replicated(self._kit, servers, sentinel, *settings)
        return Cluster(self._kit, servers, *settings) if cluster else Direct(self._kit, servers, *settings)

    def startService(self) -> None:
        """Connect."""
        Service.startService(self)
        self._servers.start()

    def stopService(self) -> None:
        """Close all connections."""
        Service.stopService(self)
        self._subscriber.hear(())
        self._servers.stop()

    @property
    def state(self) -> str:
        """Either C{up}, or C{away: } and why."""
        return "up" if self.store.open else f"away: {self._servers.why}"

    def ask(self, *command: Word) -> Deferred[Any]:
        """
        Have a rare command done.

        @return: fires with the reply (octets, a number, a list of such, or None); fails with L{Away}, or,
            where the server has replied with an error, with one that is a
            L{Refused<dotchain.valkey.away.Refused>}.
        """
        link = self._servers.asked(command)
        if not link.open:
            return fail(Away(link.why))
        if link.inFlight >= self.MOST:
            return fail(Away(f"{self.MOST} commands are on their way already"))
        octets = encoded(*command)
        asked = Asked(octets, self._servers.redirect)
        deferred = asked.deferred
        link.send(octets, asked)
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
