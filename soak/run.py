"""A run: everyone is started, all happens, everyone rests, and what is left is looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from dotchain.commands.controlclient import ControlClientError
from measure.bench.site import deaf
from measure.hostile.attacks.attack import Target
from measure.inside.notes import read
from tests.interop.certificates import NAME, authority, leaf
from tests.interop.daemon import until
from tests.interop.dotchain import CHECKOUT
from tests.interop.ports import HOST

from .acts import Acts
from .clients import MANNERS, ROUND, Client, World
from .found import Found, Wanted
from .gauges import gauges
from .growth import HOUR, Series, Watch, growth, noted
from .ledger import Tally
from .place import place
from .plan import Event, plan
from .servers import Knowing, Server
from .strangers import Strangers
from .subject import Subject

Say = Callable[[str], object]

# Servers that are another network away.
_FAR = 2
# Seconds without an attack.
_PEACE = 3.0
# Seconds in which whoever was told to end has ended: more than one waits for an answer.
_ENDS = 40.0


class Run:
    """All who take part."""

    def __init__(self, wanted: Wanted, folder: Path, stack: ExitStack, found: Found, say: Say) -> None:
        """
        @param stack: what ends everyone.
        @param found: what is to be filled in.
        @param say: is told how it goes, line by line.
        """
        self._wanted, self._found, self._say = wanted, found, say
        where = place(stack)
        stack.enter_context(where.atHome())
        ca = authority()
        trusted = ca.write(folder, "ca").certificate
        files = leaf(ca, names=[NAME]).write(folder, "server")
        far = [
            Server(Knowing(folder / f"far-{each}", files, where.far), where.farAway) for each in range(_FAR)
        ]
        near = Server(Knowing(folder / "near", files, HOST), where.atHome)
        for server in (*far, near):
            stack.enter_context(server)
        asked = ([each.daemon for each in far], near.daemon)
        self._subject = Subject(folder / "d", ca, trusted, asked, wanted.workers)
        self._subject.checkout = wanted.compiled or CHECKOUT
        stack.enter_context(deaf(self._subject))
        self._target = Target(*self._subject.ports, near.daemon.tlsPort)
        self._world = World(self._subject.ports, trusted, wanted.seed)
        self._acts = Acts(self._subject, trusted, [*far, near], where, self._world.excuses)
        found.lacks += self._acts.lacks

    def run(self) -> None:
        """From the first query until everything rests."""
        seconds = HOUR * self._wanted.hours
        events = plan([*self._acts.outages], [*self._acts.changes], seconds, self._wanted.seed)
        first = self._subject.pids[1]
        with self._busy():
            begin = time.monotonic()
            for event in events:
                if time.monotonic() > begin + seconds and self._hadAll():
                    break
                time.sleep(max(begin + event.at - time.monotonic(), 0.0))
                self._do(event)
            time.sleep(max(begin + seconds - time.monotonic(), 0.0))
        self._rest()
        self._grow(noted(read(self._subject.notes / str(first))))
        if self._subject.pids.get(1) != first:
            self._found.wrong.append("the first worker has ended by itself")

    def _hadAll(self) -> bool:
        """Each kind of event was there: on a busy machine the others are late, and left out in the end."""
        return {*self._acts.outages, *self._acts.changes} <= {*self._found.events}

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """With all clients, and an eye on the processes."""
        pause = ROUND / self._wanted.rate
        clients = [
            Client(name, manner, number, self._world, pause)
            for name, manner in MANNERS.items()
            for number in range(manner.number)
        ]
        strangers = Strangers(self._target, self._wanted.seed, self._world.over, _PEACE)
        watch = Watch(self._watched())
        self._world.excuses.watch()
        try:
            for each in (*clients, strangers, watch):
                each.start()
            yield
        finally:
            self._world.over.set()
            watch.stop()
            for each in (*clients, strangers):
                each.join(_ENDS)
        self._count(clients)
        self._found.strangers = strangers.done
        self._found.lacks += strangers.wrong
        self._grow(watch.series)

    def _grow(self, told: Mapping[str, Series]) -> None:
        for name, series in told.items():
            if grown := growth(series):
                self._found.growths[name] = grown

    def _watched(self) -> dict[str, int]:
        one = {"": self._subject.process.pid}
        return {**one, ", worker 1": self._subject.pids[1]} if self._wanted.workers > 1 else one

    def _count(self, clients: Sequence[Client]) -> None:
        for client in clients:
            self._found.books.setdefault(client.sort, Tally()).add(client.tally)
            self._found.resumed += client.resumed
            slowest = max(self._found.slowest.get(client.sort, 0.0), client.slowest)
            self._found.slowest[client.sort] = slowest

    def _do(self, event: Event) -> None:
        begun = time.monotonic()
        outage, change = self._acts.outages[event.outage], self._acts.changes[event.change]
        try:
            with ThreadPoolExecutor(1) as beside, outage(event.whom):
                time.sleep(event.lasts / 2)
                changed = beside.submit(change)
                time.sleep(event.lasts / 2)
            changed.result()
            self._acts.settle(event.outage)
        except (AssertionError, OSError, ControlClientError) as error:
            self._found.wrong.append(f"{event.outage}, {event.change}: {error!r}")
        took = time.monotonic() - begun
        self._found.events.update((event.outage, event.change))
        self._found.longest = max(self._found.longest, took - event.lasts)
        self._say(f"{event}  {took:6.1f} s")

    def _rest(self) -> None:
        """Nobody asks any more: wait until nothing is open."""
        with suppress(AssertionError):
            until(lambda: not any(self._gauges().values()), _ENDS)
        found = self._gauges()
        self._found.gauges = len(found)
        self._found.left = {name: number for name, number in found.items() if number}

    def _gauges(self) -> dict[str, int]:
        return gauges(self._subject.told("stats"))


def soak(wanted: Wanted, say: Say) -> Found:
    """
    Start everyone, have all happen, and end everyone.

    @param say: is told how it goes.
    """
    found = Found()
    with TemporaryDirectory(prefix="dotchain-soak-") as folder:
        try:
            with ExitStack() as stack:
                Run(wanted, Path(folder), stack, found, say).run()
        except AssertionError as error:
            found.wrong.append(str(error))
    return found
