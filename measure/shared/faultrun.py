"""One machine whose shared cache fails under queries."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.interop.certificates import NAME, authority, leaf
from tests.interop.ports import HOST

from ..bench.load import dnsperf
from ..bench.load.processes import resident
from ..bench.site import deaf
from . import names
from .faults import FAULTS, Server, serverFor
from .machine import Build, Machine
from .names import Upstream
from .steady import KEPT, Phase, Steady

RATE = 2000.0
"""Queries a second."""

BEFORE, DURING, AFTER = 3.0, 4.0, 6.0
"""Seconds."""


@dataclass(frozen=True)
class Times:
    """
    How long a run takes.

    @ivar rate: queries a second.
    """

    rate: float = RATE
    before: float = BEFORE
    during: float = DURING
    after: float = AFTER

    @property
    def queries(self) -> int:
        """All of them."""
        return int(self.rate * (self.before + self.during + self.after)) + 3


@dataclass(frozen=True)
class Felt:
    """
    What a fault did.

    @ivar before: queries before it, C{during} while it lasted, C{after} when it was over.
    @ivar back: seconds from its end until the server was asked again; None where it was not.
    @ivar grown: octets of memory that the machine took meanwhile, also for names in its cache.
    """

    before: Phase
    during: Phase
    after: Phase
    back: float | None
    grown: int

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All three."""
        return self.before, self.during, self.after


class Place:
    """
    Where machines and what they need run, until the stack's end.

    @ivar upstream: the server that knows all names.
    """

    def __init__(self, folder: Path, stack: ExitStack, build: Build) -> None:
        ca = authority()
        self._folder, self._stack, self._build = folder, stack, build
        self._trusted = ca.write(folder, "ca").certificate
        self._credentials = leaf(ca, names=[NAME], addresses=[HOST]).write(folder, "dns")
        self.upstream = stack.enter_context(deaf(Upstream(folder / "upstream", self._credentials)))

    def server(self, fault: str) -> Server:
        """What the machines share."""
        return self._stack.enter_context(deaf(serverFor(fault, self._folder / "server")))

    def machine(self, valkey: int, kind: type[Machine] = Machine) -> Machine:
        """One more machine."""
        made = kind(
            self._folder / f"machine-{time.monotonic_ns()}",
            self.upstream.tlsPort,
            self._trusted,
            valkey,
            self._build,
        )
        return self._stack.enter_context(deaf(made))

    def fill(self, machine: Machine, count: int) -> None:
        """Ask a machine for all that others are to find in the shared cache."""
        file = names.write(self._folder / "kept", KEPT, range(count))
        text = dnsperf.ask(dnsperf.Load("udp", 8), machine.port, file, "-n", "1")
        if dnsperf.read(text).lost:
            raise dnsperf.LoadError(f"names were lost before it began:\n{text}")


def run(fault: str, times: Times, kind: type[Machine] = Machine, build: Build | None = None) -> Felt:
    """
    Start everyone, do it, and end everyone.

    @raise AssertionError: where dotchain's end or its log is not in order.
    """
    with TemporaryDirectory(prefix="dotchain-shared-") as folder, ExitStack() as stack:
        place = Place(Path(folder), stack, build or Build())
        server = place.server(fault)
        place.fill(place.machine(server.port, kind), times.queries)
        machine = place.machine(server.port, kind)
        load = Steady(machine.port, times.rate)
        before, held = load.run(times.before), resident([machine.process.pid])
        with FAULTS[fault](server):
            during = load.run(times.during)
            grown = resident([machine.process.pid]) - held
        with watched(server) as back:
            after = load.run(times.after)
            load.rest()
        first, second, third = map(load.phase, (before, during, after))
        return Felt(first, second, third, back[0] if back else None, grown)


@contextmanager
def watched(server: Server) -> Iterator[list[float]]:
    """The seconds until a server is asked for something, as soon as they are known."""
    start, over, found = time.monotonic(), threading.Event(), list[float]()
    asked = server.looked()

    def look() -> None:
        while not over.wait(0.05):
            if server.looked() > asked:
                found.append(time.monotonic() - start)
                return

    looks = threading.Thread(target=look)
    looks.start()
    try:
        yield found
    finally:
        over.set()
        looks.join()
