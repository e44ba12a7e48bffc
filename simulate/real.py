"""Real daemons that are asked what a trace says."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import dns.message

from dotchain.clockwork.boottime import now
from tests.interop.daemon import until
from tests.interop.dotchain import Dotchain
from tests.interop.ports import HOST, freePort
from tests.interop.valkeyserver import ValkeyServer

from .plan import Plan
from .tally import Tally
from .trace import Asked
from .upstream import Upstream, nameOf

MOST = 64
"""Queries that wait for their answers, on all machines."""

# Seconds that the last ones have.
_PATIENCE = 10.0


class Machine(Dotchain):
    """
    One of the fleet.

    @ivar port: of UDP.
    """

    def __init__(self, folder: Path, plan: Plan, upstream: int, valkey: int) -> None:
        self.port = freePort()
        # Look-ups have time: it is not the load of this machine that is to be counted.
        shared = f"[stage shared]\nserver = valkey://{HOST}:{valkey}\nsecret = of all\ntimeout = 2s\n"
        super().__init__(
            folder,
            f"""
[front lan]
listen = udp://{HOST}:{self.port}
chain = home

[chain home]
path = cache coalesce {"shared" if plan.shared else ""} out

[stage cache]
size = {plan.size}
prefetch = {"yes" if plan.prefetch else "no"}

{shared if plan.shared else ""}
[upstream out]
address = udp://{HOST}:{upstream}
""",
        )


class Real:
    """
    A fleet, its upstream and its server, until the C{with} block ends.

    @ivar sent: the queries, each with when it was really sent, by the clock that caches go by.
    @ivar lost: how many had no answer.
    """

    def __init__(
        self, plan: Plan, machines: list[Machine], upstream: Upstream, valkey: ValkeyServer, most: int
    ) -> None:
        """
        @param most: queries that wait for their answers at a time.
        """
        self.sent: list[Asked] = []
        self.lost = 0
        self._plan = plan
        self._upstream = upstream
        self._valkey = valkey
        self._most = most
        self._links = [_link(machine.port) for machine in machines]
        self._waiting: set[tuple[int, int]] = set()

    def join(self) -> None:
        """Wait until each machine looks in the server, and count from now on."""
        if self._plan.shared:
            new = count()
            for link in self._links:
                until(lambda link=link: self._looks(link, f"1-{next(new)}.fleet.example"))  # type: ignore[misc]
            self._valkey.say("CONFIG", "RESETSTAT")
            self._upstream.asked = 0

    def _looks(self, link: socket.socket, name: str) -> bool:
        before = self._figures()["get"]
        link.send(dns.message.make_query(name, "A").to_wire())
        select.select([link], [], [], _PATIENCE)
        link.recv(4096)
        return self._figures()["get"] > before

    def ask(self, queries: Iterable[Asked]) -> Tally:
        """Ask at the times that the trace says, or as soon after as may be."""
        begun = now()
        for number, (at, machine, name) in enumerate(queries):
            self._read(begun + at)
            wire = dns.message.make_query(
                nameOf(self._plan, name), "A", use_edns=0, id=number % 65536
            ).to_wire()
            moment = now()
            self._waiting.add((machine, number % 65536))
            self._links[machine].send(wire)
            self.sent.append(Asked(moment - int(begun), machine, name))
        self._finish()
        return self._tally(self.sent[-1].at - self.sent[0].at)

    def close(self) -> None:
        """Ask no more."""
        for link in self._links:
            link.close()

    def _read(self, since: float) -> None:
        """Take answers until the next query may go."""
        while True:
            left = since - now()
            full = len(self._waiting) >= self._most
            ready = select.select(self._links, [], [], _PATIENCE if full else max(left, 0.0))[0]
            for link in ready:
                self._waiting.discard((self._links.index(link), int.from_bytes(link.recv(4096)[:2], "big")))
            if not ready:
                self._lose(full)
                return

    def _lose(self, full: bool) -> None:
        if full:
            self.lost += len(self._waiting)
            self._waiting.clear()

    def _finish(self) -> None:
        end = time.monotonic() + _PATIENCE
        while self._waiting and time.monotonic() < end:
            self._read(now() + 0.05)
        self._lose(True)

    def _tally(self, seconds: float) -> Tally:
        """What the upstream and the server have counted."""
        tally = Tally(seconds, len(self.sent), upstream=self._upstream.asked)
        if self._plan.shared:
            # A value is put behind its answer.
            until(lambda: self._figures()["set"] >= self._upstream.asked)
            figures = self._figures()
            # Both are of one command.
            tally.lookups, tally.puts = figures["get"], figures["set"]
            tally.held = int(str(self._valkey.say("DBSIZE")))
        return tally

    def _figures(self) -> dict[str, int]:
        """How many of each command came."""
        told = self._valkey.say("INFO", "commandstats")
        assert isinstance(told, bytes)
        found = {"get": 0, "set": 0}
        for line in told.decode().split():
            name, _, figures = line.partition(":")
            if figures:
                found[name.removeprefix("cmdstat_")] = int(figures.split(",")[0].partition("=")[2])
        return found


@contextmanager
def real(plan: Plan, folder: Path, most: int = MOST) -> Iterator[Real]:
    """
    Start everyone, and end them.

    @param most: queries that wait for their answers at a time.
    """
    with ExitStack() as stack:
        upstream = stack.enter_context(Upstream())
        valkey = stack.enter_context(ValkeyServer(folder / "valkey"))
        machines = [
            stack.enter_context(Machine(folder / f"machine-{number}", plan, upstream.port, valkey.port))
            for number in range(plan.machines)
        ]
        fleet = Real(plan, machines, upstream, valkey, most)
        stack.callback(fleet.close)
        fleet.join()
        yield fleet


def _link(port: int) -> socket.socket:
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.connect((HOST, port))
    return link
