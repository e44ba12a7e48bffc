"""One forwarder under one failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from tests.interop.daemon import Daemon
from tests.interop.load import Load, quantile
from tests.interop.scripted import Script, Scripted, serverSide

from ..bench.candidate import Candidate, Room
from ..bench.daemons.servers import UnboundLocal
from ..bench.daemons.silent import SilentServer
from ..bench.load.background import together
from ..bench.load.silence import silence
from ..bench.roles import Make
from ..bench.site import Site, deaf

PATIENCE = 5.0
"""Seconds after which a query is lost."""
LONG = 1.0
"""Seconds that a user notices."""

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
    @ivar lasted: seconds from the first to the last query that was lost, failed or took over L{LONG}.
    """

    sent: int
    lost: int
    failed: int
    slowest: float
    late: float
    lasted: float = 0.0


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
    @ivar prepare: called with each of the forwarder's daemons before it starts.
    """

    def __init__(self, make: Make, site: Site, stack: ExitStack) -> None:
        self._make, self._site, self._stack = make, site, stack
        self.backend = site.backend
        self.forwarder: Candidate | None = None
        self.load: Load | None = None
        self.port = 0
        self.prepare: Callable[[Daemon], object] = lambda daemon: None

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
        made = self._make(self._site)
        for daemon in made.daemons:
            self.prepare(daemon)
        self.forwarder = self.enter(self._site.running(made))
        self.port = self.forwarder.ports["udp"]
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


def run(failure: Failure, make: Make, compiled: Path | None = None) -> Tally:
    """
    Start everyone, do the failure, count, and end everyone.

    @param compiled: where dotchain is compiled.
    @raise AssertionError: where dotchain's end or its log is not in order.
    """
    with TemporaryDirectory(prefix="dotchain-lost-") as folder, ExitStack() as stack:
        running = FailureRun(make, Site(Path(folder), stack, compiled=compiled), stack)
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
        lasted=_lasted(load),
    )


def _lasted(load: Outcome) -> float:
    bad = [
        at
        for number, at in load.sent.items()
        if load.took.get(number, PATIENCE) > LONG or load.rcodes[number] != "NOERROR"
    ]
    return max(bad) - min(bad) if bad else 0.0
