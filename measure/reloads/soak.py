"""The run: load, first without a reload, then with one each second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from dns.exception import DNSException

from tests.interop.asking import overUdp
from tests.interop.certificates import NAME, authority, leaf
from tests.interop.dot import DotConnection
from tests.interop.dotchain import CHECKOUT
from tests.interop.ports import HOST
from tests.interop.steadyclients import Ports, steadyClients

from ..bench.candidate import Room
from ..bench.daemons.servers import UnboundLocal
from ..bench.load.processes import openFiles, resident
from ..bench.load.visits import Visits
from ..bench.site import deaf
from ..inside.notes import Notes, Span, read
from .load import Lost, clients
from .subject import Subject

# Seconds that a reload disturbs, if it does, after it is over: what is gone is freed then.
_AFTER = 0.3


@dataclass(frozen=True)
class Plan:
    """
    @ivar reloads: how many, one after the other.
    @ivar rate: queries a second over all transports.
    @ivar every: seconds from one to the next.
    @ivar before: seconds of the same load without a reload.
    @ivar compiled: where dotchain is compiled; None runs this checkout.
    """

    reloads: int = 1000
    rate: float = 5000
    workers: int = 1
    every: float = 1.0
    before: float = 60.0
    compiled: Path | None = None


@dataclass
class Part:
    """
    One of the two parts of a run.

    @ivar spans: those of the reloads; without, of the same length.
    @ivar lost: what became of steady queries, by transport.
    @ivar visits: what became of clients that come and go.
    @ivar polite: what became of clients that wait for each answer, by their names: how many were answered,
        and what went wrong.
    @ivar slow: of these, by their names: see L{SteadyClient<tests.interop.steadyclients.SteadyClient>}.
    @ivar steps: seconds until the daemon said that a reload is done, until a client had the new certificate,
        and until one was told of the name that is on the list since.
    @ivar wrong: what else was not as it must be.
    @ivar memory: octets after each span, of all processes.
    @ivar files: open files after each span, of all processes.
    """

    spans: list[Span] = field(default_factory=list)
    lost: dict[str, Lost] = field(default_factory=dict)
    visits: dict[str, Visits] = field(default_factory=dict)
    polite: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    slow: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    steps: list[tuple[float, float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    files: list[float] = field(default_factory=list)


@dataclass
class Soaked:
    """
    What was found.

    @ivar before: without reloads.
    @ivar during: with them.
    @ivar notes: of the processes that serve.
    @ivar said: the daemon's log.
    """

    before: Part
    during: Part
    notes: list[Notes]
    said: str


class Soak:
    """A daemon, a server behind it, and their clients."""

    def __init__(self, plan: Plan, folder: Path, stack: ExitStack) -> None:
        self._plan, self._folder = plan, folder
        ca = authority()
        self._trusted = ca.write(folder, "ca").certificate
        files = leaf(ca, names=[NAME], addresses=[HOST]).write(folder, "server")
        server = stack.enter_context(deaf(UnboundLocal(folder / "server-0", files, Room())))
        self._subject = Subject(folder / "d", ca, self._trusted, server.tlsPort, plan.workers)
        self._subject.checkout = plan.compiled or CHECKOUT
        stack.enter_context(deaf(self._subject))

    def run(self) -> Soaked:
        """Both parts."""
        before, during = Part(), Part()
        with self._loaded("before", before, self._plan.before):
            self._each(before, int(self._plan.before / self._plan.every), _wait)
        with self._loaded("during", during, self._plan.reloads * self._plan.every):
            self._each(during, self._plan.reloads, self._reload)
        return Soaked(before, during, self._notes(), self._subject.said())

    @contextmanager
    def _loaded(self, name: str, part: Part, seconds: float) -> Iterator[None]:
        folder = self._folder / name
        folder.mkdir()
        ports = Ports(self._subject.port, self._subject.tlsPort)
        with clients(self._subject, folder, seconds, self._plan.rate) as running:
            with steadyClients(ports, self._trusted) as polite:
                yield
            part.polite = {one.name: (one.answered, one.wrong) for one in polite}
            part.slow = {one.name: one.slow for one in polite}
            part.lost = running.lost(seconds + 60)
            part.visits = running.visits()

    def _each(self, part: Part, number: int, do: Callable[[Part], None]) -> None:
        begin = time.monotonic()
        for count in range(number):
            time.sleep(max(begin + count * self._plan.every - time.monotonic(), 0.0))
            at = time.monotonic()
            do(part)
            part.spans.append(Span(at, time.monotonic() + _AFTER))
            self._look(part)

    def _reload(self, part: Part) -> None:
        times = [time.monotonic()]
        part.wrong += [f"{name}: {why}" for name, why in self._subject.reload().items()]
        for check in (self._certificate, self._list):
            times.append(time.monotonic())
            try:
                part.wrong += check()
            except (OSError, EOFError, DNSException) as error:
                part.wrong.append(f"after reload {self._subject.reloads}: {error!r}")
        first, second, third = times
        part.steps.append((second - first, third - second, time.monotonic() - third))

    def _certificate(self) -> list[str]:
        with DotConnection(self._subject.tlsPort, self._trusted) as connection:
            new = connection.serial == self._subject.pair.serial
        return [] if new else ["a certificate of before is shown"]

    def _list(self) -> list[str]:
        name = self._subject.lastBlocked
        answer = overUdp(self._subject.port, name).answer
        blocked = not any(each.to_text().endswith("192.0.2.1") for each in answer)
        return [] if blocked else [f"{name} is not blocked"]

    def _look(self, part: Part) -> None:
        pids = [self._subject.process.pid]
        part.memory.append(resident(pids))
        part.files.append(openFiles(pids))

    def _notes(self) -> list[Notes]:
        """Of the workers, or of the only process."""
        files = list(self._subject.notes.iterdir())
        own = str(self._subject.process.pid)
        return [read(file) for file in files if len(files) == 1 or file.name != own]


def _wait(part: Part) -> None:
    """About as long as a reload takes."""
    time.sleep(0.1)


def soak(plan: Plan) -> Soaked:
    """Start everyone, load, reload, and end everyone."""
    with TemporaryDirectory(prefix="dotchain-reloads-") as folder, ExitStack() as stack:
        return Soak(plan, Path(folder), stack).run()
