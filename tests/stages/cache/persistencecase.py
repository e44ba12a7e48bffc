"""Caches that are saved and read again."""

from __future__ import annotations

from typing import Any

from dotchain.resolver import NoAnswer
from dotchain.stages.cache.persistence import Persistence
from dotchain.stages.cache.stage import Cache
from dotchain.testing import (
    SOA,
    Scripted,
    StageCase,
    VirtualReactor,
    makeAnswer,
    makeQuery,
)
from dotchain.wire import Answer, Query
from dotchain.wire.codes import NXDOMAIN

from ...folders import folder
from .cachecase import FOO

BAR = makeQuery("bar.example.org.")


GONE = makeQuery("gone.example.org.")


DOWN = NoAnswer("timeout")


def answering(query: Query) -> Answer:
    """An address, or that there is none."""
    if query.key == GONE.key:
        return makeAnswer(query, authority=[SOA], rcode=NXDOMAIN)
    return makeAnswer(query, f"{query.name} {100 if query.key == FOO.key else 1000} IN A 192.0.2.1")


class PersistenceCase(StageCase):
    """Caches one after the other, each with a clock that begins anew, and a wall clock for all."""

    def setUp(self) -> None:
        """A folder."""
        self.folder = folder(self)
        self.file = self.folder / "saved"
        self.wall = 1_700_000_000.25
        self.boot = 5000.5
        self.options: dict[str, Any] = {}

    def start(self, *script: Any) -> Cache:
        """A daemon's start."""
        self.clock = VirtualReactor()
        self.clock.advance(self.boot)
        self.next = Scripted(*(script or [answering]))
        self.stage = Cache(self.next, self.clock, self.clock.seconds, save=self.file, **self.options)
        persistence = self.stage._persistence
        assert persistence is not None
        persistence._wall = lambda: self.wall
        self.stage.startService()
        return self.stage

    def run_(self, seconds: float) -> None:
        """Let time go by, slice by slice."""
        for _ in range(100):
            self.clock.advance(Persistence.PAUSE)
        self.clock.advance(max(seconds - 100 * Persistence.PAUSE, 0))
        self.wall += seconds

    def stop(self) -> None:
        """Its end."""
        stopped = self.stage.stopService()
        self.clock.pump([0] * 200)
        self.successResultOf(stopped)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.boot = self.clock.seconds()

    def ask(self, query: Query = FOO) -> Answer:
        """The answer to a query."""
        return self.settled(self.stage.resolve(query), self.next)

    def begun(self, *script: Any) -> None:
        """A daemon that has been there for a second."""
        self.start(*script)
        self.run_(1)

    def filled(self) -> None:
        """A cache that has had answers, and was stopped 10 seconds later."""
        self.begun()
        for query in (FOO, BAR, GONE):
            self.ask(query)
        self.run_(10)
        self.stop()

    def down(self, wall: float, steady: float | None = None) -> None:
        """The daemon is stopped for so long, as the wall clock and the steady one tell."""
        self.wall += wall
        self.boot += wall if steady is None else steady

    def restarted(self, *script: Any) -> None:
        """The next daemon, once it has read the file; nobody is behind it."""
        self.begun(*(script or [DOWN]))
