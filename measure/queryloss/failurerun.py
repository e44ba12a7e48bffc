"""One forwarder under one failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from tests.interop.load import Load, quantile
from tests.interop.scripted import Script, Scripted, serverSide

from ..bench.candidate import Room
from ..bench.daemons.servers import UnboundLocal
from ..bench.daemons.silent import SilentServer
from ..bench.load.background import together
from ..bench.load.silence import silence
from ..bench.roles import Make
from ..bench.site import Site, deaf

PATIENCE = 5.0
"""Seconds after which a query is lost."""

T = TypeVar("T")


@dataclass(frozen=True)
class Tally:
    """
    What became of the queries.

    @ivar sent: all of them.
    @ivar lost: those without an answer within L{PATIENCE} seconds.
    @ivar failed: those answered in time with SERVFAIL, or with anything else that is not NOERROR.
    @ivar slowest: seconds of the last answer to come.
    @ivar late: seconds within which 99 of 100 answers came.
    """

    sent: int
    lost: int
    failed: int
    slowest: float
    late: float


class Outcome(Protocol):
    """What a L{Load} knows when it is over."""

    sent: dict[int, float]
    took: dict[int, float]
    rcodes: dict[int, str]


class FailureRun:
    """
    What a failure is made of: upstreams, and queries to the forwarder that asks them.

    @ivar backend: an upstream that behaves.
    @ivar port: of the forwarder, once it was started.
    """

    def __init__(self, make: Make, site: Site, stack: ExitStack) -> None:
        self._make, self._site, self._stack = make, site, stack
        self.backend = site.backend
        self.load: Load | None = None
        self.port = 0

    def second(self) -> UnboundLocal:
        """One more upstream that behaves."""
        site = self._site
        return self.enter(deaf(UnboundLocal(site.place("second"), site.credentials, Room())))

    def silent(self) -> SilentServer:
        """An upstream that leaves some names unanswered."""
        return self.enter(deaf(SilentServer(self._site.place("silent"), self._site.credentials)))

    def scripted(self, script: Script) -> Scripted:
        """An upstream that does as a script says."""
        return self.enter(Scripted(serverSide(self._site.credentials), script))

    def enter(self, one: AbstractContextManager[T]) -> T:
        """Something that ends with the run."""
        return self._stack.enter_context(one)

    def ask(self, *servers: int, rate: float) -> Load:
        """
        Start the forwarder, which asks these ports.

        @param rate: queries a second.
        """
        self._site.servers = list(servers)
        forwarder = self.enter(self._site.running(self._make(self._site)))
        self.port = forwarder.ports["udp"]
        self.load = Load(self.port, rate)
        return self.load

    @contextmanager
    def silence(self, seconds: float, rate: float) -> Iterator[None]:
        """
        Others ask for names that such an upstream leaves unanswered, and don't count.

        @param rate: names a second.
        """
        folder = self._site.place("silence")
        folder.mkdir()
        with together(silence(folder, self.port, seconds, rate)) as (load,):
            yield
            load.said(60)


Failure = Callable[[FailureRun], None]


def run(failure: Failure, make: Make) -> Tally:
    """
    Start everyone, do the failure, count, and end everyone.

    @raise AssertionError: where dotchain's end or its log is not in order.
    """
    with TemporaryDirectory(prefix="dotchain-lost-") as folder, ExitStack() as stack:
        running = FailureRun(make, Site(Path(folder), stack), stack)
        failure(running)
        assert running.load, "nothing was asked"
        running.load.rest(PATIENCE)
        return tally(running.load)


def tally(load: Outcome) -> Tally:
    """Count."""
    intime = {number: took for number, took in load.took.items() if took <= PATIENCE}
    times = sorted(intime.values())
    return Tally(
        sent=len(load.sent),
        lost=len(load.sent) - len(intime),
        failed=sum(load.rcodes[number] != "NOERROR" for number in intime),
        slowest=times[-1] if times else 0.0,
        late=quantile(times, 0.99) if times else 0.0,
    )
