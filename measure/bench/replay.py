"""Queries through the whole chain in one process, without a network or a real clock: the same work each time.

Run as C{python -m measure.bench.replay [--web] WORKLOAD COUNT [PATH]}, mostly by
L{measure.bench.instructions} and L{measure.bench.stages}; with C{--web} all is measured that
C{[dotchain] web} wants. It prints the microseconds of processor time that a query took.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dotchain.clockwork import boottime
from tests.interop.certificates import leaf
from tests.upstreams.network import Network, response

from . import policy
from .memoryclients import DatagramClients, MakeClients, StreamClients
from .memoryvalkey import SECTION, MemoryValkey
from .visitingclients import VisitingClients

INI = """
[front lan]
{front}
chain  = home

[chain home]
path = {path}

[upstream out]
address = tcp://127.0.0.1:5301

{policy}
"""

PATH = "cache coalesce out"
POLICY = f"{policy.PATH} {PATH}"
SHARED = "cache coalesce shared out"
NAMES = 1000
BATCH = 64
RECORD = bytes.fromhex("c00c000100010000012c0004c0000201")
_OPT = bytes.fromhex("00002904d0000000000000")


def question(name: str) -> bytes:
    """A query for an address, as dnsperf sends it with C{-e}, without its ID."""
    labels = b"".join(bytes((len(label),)) + label.encode() for label in name.split("."))
    return b"\1\0\0\1\0\0\0\0\0\1" + labels + b"\0\0\1\0\1" + _OPT


@dataclass(frozen=True)
class Way:
    """
    How queries come in.

    @ivar front: options of the front.
    @ivar make: makes clients of it.
    """

    front: str
    make: MakeClients


DATAGRAMS = Way("listen = udp://127.0.0.1:5300", DatagramClients)
STREAMS = Way(
    "listen = tls://127.0.0.1:5300\ncertificate = {files.certificate}\nkey = {files.key}", StreamClients
)
VISITS = replace(STREAMS, make=VisitingClients)


class Replay:
    """A front before some stages before an upstream, as their configuration makes them."""

    def __init__(self, path: str = PATH, way: Way = DATAGRAMS, web: bool = False) -> None:
        """
        @param path: the stages, and C{out}, which is the upstream.
        @param web: measure what C{[dotchain] web} shows.
        """
        self.network = Network()
        # Every part takes its clock when it is imported.
        boottime.now = self.network.seconds
        from dotchain.config.load import load  # noqa: PLC0415
        from dotchain.control.stagetimes import StageTimes  # noqa: PLC0415

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "replay.ini")
            listens = way.front.format(files=leaf(None).write(Path(folder), "front"))
            # What a look into a list takes hardly depends on how long it is, but reading it does.
            stages = policy.sections(path, Path(folder), NAMES)
            stages += SECTION if "shared" in path.split() else ""
            file.write_text(INI.format(front=listens, path=path, policy=stages))
            tree = load(str(file), self.network)
        if web:
            StageTimes(tree.fronts).start()
        (front,) = tree.fronts
        self.clients = way.make(front.thing, self.network)
        sharing = [part.thing for part in tree.parts if part.section.kind == "shared"]
        self._valkeys = [MemoryValkey(self.network, stage) for stage in sharing]
        self._given = [attempt for valkey in self._valkeys for attempt in valkey.attempts]

    def ask(self, rests: list[bytes]) -> None:
        """A batch of queries, and whatever the upstream is asked for them."""
        self.clients.ask(rests)
        self.network.advance(0)
        while self._answer():
            self.network.advance(0)
        self.clients.hear()

    def _answer(self) -> bool:
        """The upstream, or else a shared cache, answers what has come; whether there was something."""
        attempts = [attempt for attempt in self.network.attempts if attempt not in self._given]
        for attempt in attempts:
            if attempt.state == "connecting":
                attempt.accept()
                return True
        peers = [attempt.peer for attempt in attempts if attempt.peer is not None]
        for peer in peers:
            if queries := peer.queries():
                peer.reply(*[response(query, records=RECORD) for query in queries])
                return True
        return any(valkey.answer() for valkey in self._valkeys)


def batches(count: int, names: int, size: int = BATCH) -> Iterator[list[bytes]]:
    """So many questions in batches, the same names again and again."""
    rests = [question(f"name{number}.example.org") for number in range(names)]
    for start in range(0, count, size):
        yield [rests[number % names] for number in range(start, min(start + size, count))]


def remembered(replay: Replay, count: int) -> None:
    """Queries that were asked before in the same second, octet for octet."""
    for batch in batches(count, NAMES):
        replay.ask(batch)


def cached(replay: Replay, count: int) -> None:
    """Queries whose answer is in the cache and was given in an earlier second."""
    for number, batch in enumerate(batches(count, NAMES)):
        if number * BATCH % NAMES < BATCH:
            # In the middle of the next second a front remembers nothing of this one.
            replay.network.rightNow = int(replay.network.rightNow) + 1.5
        replay.ask(batch)


def missed(replay: Replay, count: int) -> None:
    """Queries that the upstream is asked."""
    for batch in batches(count, max(count, 1)):
        replay.ask(batch)


def passed(replay: Replay, count: int) -> None:
    """Queries that only pass, to the nameserver behind, whatever was asked before."""
    for batch in batches(count, NAMES):
        replay.ask(batch)


def connected(replay: Replay, count: int) -> None:
    """New connections, each with a query that was asked before."""
    for batch in batches(count, 1, 1):
        replay.ask(batch)


@dataclass(frozen=True)
class Workload:
    """
    What is asked.

    @ivar ask: does so much of it.
    @ivar path: the stages, and C{out}, which is the upstream.
    @ivar warm: queries that are asked before: all names twice, so that what comes from the upstream
        goes into the cache, and what comes from there is remembered.
    @ivar batch: queries at a time.
    @ivar share: one of so many is done where so much is to be counted.
    @ivar python: the instructions of Python and of dotchain count alone, without those of libraries.
    """

    ask: Callable[[Replay, int], None]
    path: str = PATH
    way: Way = DATAGRAMS
    warm: int = 2 * NAMES
    batch: int = BATCH
    share: int = 1
    python: bool = False


WORKLOADS = {
    "remembered": Workload(remembered),
    "cached": Workload(cached),
    "missed": Workload(missed, warm=0),
    "remembered-policy": Workload(remembered, POLICY),
    "missed-policy": Workload(missed, POLICY, warm=0),
    "dot-in": Workload(passed, "out", STREAMS),
    # OpenSSL's handshake takes 14 times as many as we do, compiled, and others with each of its versions.
    "connected": Workload(connected, way=VISITS, warm=20, batch=1, share=20, python=True),
}


def prepared(workload: str, path: str = "", web: bool = False) -> Replay:
    """
    Whatever comes before the queries that count.

    @param path: instead of the workload's own.
    @param web: see L{Replay}.
    """
    kind = WORKLOADS[workload]
    replay = Replay(path or kind.path, kind.way, web)
    for batch in batches(kind.warm, NAMES, kind.batch):
        replay.ask(batch)
    # When it collects depends on all that was ever allocated, down to the length of a path.
    gc.disable()
    return replay


def asked(replay: Replay, workload: str, count: int) -> None:
    """
    Do so much of the workload.

    @raise RuntimeError: where not every query was answered.
    """
    before = replay.clients.answered
    WORKLOADS[workload].ask(replay, count)
    if replay.clients.answered - before != count:
        raise RuntimeError(f"{replay.clients.answered - before} of {count} were answered")


def main(workload: str, count: str, path: str = "", web: bool = False) -> None:
    """Measure once."""
    replay = prepared(workload, path, web)
    begin = time.process_time_ns()
    asked(replay, workload, int(count))
    took = time.process_time_ns() - begin
    sys.stdout.write(f"{took / 1000 / max(int(count), 1):.3f}\n")
    sys.stdout.flush()
    # An orderly end looks three times at each object there is, which depends on the chain, and no query pays.
    os._exit(0)


if __name__ == "__main__":
    _workload, _count, *_path = (each for each in sys.argv[1:] if each != "--web")
    main(_workload, _count, "".join(_path), "--web" in sys.argv)
