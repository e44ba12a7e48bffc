"""The script of faults: what the machine, or an upstream, does to a forwarder while queries come."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.interop import outages
from tests.interop.daemon import Daemon, program
from tests.interop.dot import DotConnection
from tests.interop.dotchain import Dotchain
from tests.interop.fakeclock import FakeClock
from tests.interop.limits import fewFiles
from tests.interop.memorygroup import memoryGroup as ownMemory

from ..bench.candidate import Candidate
from ..queryloss.failurerun import Failure, FailureRun
from . import machine
from .crowd import Crowd
from .garbage import Garbage

RATE = 200.0
"""Queries a second."""

HOUR = 3600
FILES, CLIENTS = 64, 200
MORE = 4 << 20
"""Octets that a process may still have where memory is short."""


def begun(run: FailureRun, *servers: int) -> Candidate:
    """The forwarder, which has been asked for two seconds."""
    load = run.ask(*(servers or (run.backend.tlsPort,)), rate=RATE)
    load.run(2)
    assert run.forwarder is not None
    return run.forwarder


def goOn(run: FailureRun, seconds: float) -> None:
    """Ask for so long."""
    assert run.load is not None
    run.load.run(seconds)


@contextmanager
def crowded(run: FailureRun) -> Iterator[None]:
    """Many clients come over TLS, where the forwarder takes them, and stay."""
    port = run.forwarder.ports.get("dot", 0) if run.forwarder else 0
    with ExitStack() as clients, ThreadPoolExecutor(1) as beside:
        coming = beside.submit(_come, clients, port) if port else None
        yield
        if coming is not None:
            coming.result()


def _come(clients: ExitStack, port: int) -> None:
    for _ in range(CLIENTS):
        with suppress(OSError):
            clients.enter_context(DotConnection(port, timeout=0.5))


def files(run: FailureRun) -> None:
    """It may have 64 open files, and 200 clients come over TLS and stay."""

    def few(daemon: Daemon) -> None:
        daemon.by = fewFiles(FILES)

    run.prepare = few
    begun(run)
    with crowded(run):
        goOn(run, 5)
    goOn(run, 2)


def disk(run: FailureRun) -> None:
    """No file grows for 4 seconds; dotchain has a log of queries and saves its cache."""

    def logging(daemon: Daemon) -> None:
        # What grows a file over its limit would else be ended by the system, as no full disk does.
        daemon.by = [program("env"), "--ignore-signal=XFSZ"]
        if isinstance(daemon, Dotchain):
            text = (daemon.text or "").replace("path =  cache", "path = querylog cache")
            daemon.text = f"{text}\n[stage querylog]\nfile = queries\n[stage cache]\nsave = saved\n"

    run.prepare = logging
    with machine.fullDisk(begun(run)):
        goOn(run, 4)
    goOn(run, 2)


def clock(ahead: int) -> Failure:
    """The wall clock is set; a second later the first of two upstreams gets SIGSTOP, for 4 seconds."""

    def jump(run: FailureRun) -> None:
        fake = FakeClock(Path(run.backend.folder) / "clock")

        def by(daemon: Daemon) -> None:
            daemon.by = fake.by

        run.prepare = by
        begun(run, run.backend.tlsPort, run.second().tlsPort)
        fake.be(ahead)
        goOn(run, 1)
        with outages.stopped(run.backend):
            goOn(run, 4)
        goOn(run, 3)

    return jump


def asleep(run: FailureRun) -> None:
    """It gets SIGSTOP, and SIGCONT 3 seconds later."""
    with machine.halted(machine.everyone(begun(run))):
        goOn(run, 3)
    goOn(run, 3)


def killed(run: FailureRun) -> None:
    """It gets SIGKILL, and is started again a tenth of a second later."""
    forwarder = begun(run)
    daemon = forwarder.daemons[-1]
    with outages.killed(daemon):
        time.sleep(0.1)
    _restart(run, daemon)
    goOn(run, 4)


def memory(run: FailureRun) -> None:
    """For 5 seconds each process may have 4 MB more than it has, and 200 clients come over TLS and stay."""
    with machine.noMemory(begun(run), MORE), crowded(run):
        goOn(run, 5)
    goOn(run, 3)


def memoryGroup(run: FailureRun) -> None:
    """
    The same of all its processes together, by a control group. Whoever is ended by the system is started
    again, as systemd does; dotchain has two workers.
    """
    group = run.enter(ownMemory())
    if group is None:
        pytest.skip("there can be no control group of memory here")

    def within(daemon: Daemon) -> None:
        daemon.by = group.by
        _two(daemon)

    run.prepare = within
    forwarder = begun(run)
    with group.full(MORE), crowded(run):
        goOn(run, 5)
    for daemon in forwarder.daemons:
        if daemon.process.poll() is not None:
            _restart(run, daemon)
    goOn(run, 3)


def _restart(run: FailureRun, daemon: Daemon) -> None:
    with ThreadPoolExecutor(1) as beside:
        started = beside.submit(run.enter, daemon)
        while not started.done():
            goOn(run, 0.5)


def workerKilled(run: FailureRun) -> None:
    """One of two workers gets SIGKILL."""
    os.kill(_worker(run), signal.SIGKILL)
    goOn(run, 4)


def workerStopped(run: FailureRun) -> None:
    """One of two workers gets SIGSTOP, and SIGCONT 6 seconds later."""
    with machine.halted([_worker(run)]):
        goOn(run, 6)
    goOn(run, 2)


def _worker(run: FailureRun) -> int:
    """Of a dotchain with two, and many clients."""

    def two(daemon: Daemon) -> None:
        if not isinstance(daemon, Dotchain):
            pytest.skip("it has no workers")
        _two(daemon)

    run.prepare = two
    run.ask(run.backend.tlsPort, rate=RATE)
    run.load = Crowd(run.port, RATE)
    goOn(run, 2)
    assert run.forwarder is not None
    return machine.worker(run.forwarder)


def _two(daemon: Daemon) -> None:
    if isinstance(daemon, Dotchain):
        daemon.text = (daemon.text or "").replace("workers = 1", "workers = 2")


def garbage(run: FailureRun) -> None:
    """The upstream answers one query in a hundred with garbage."""
    begun(run, run.scripted(Garbage(100)).port)
    goOn(run, 8)


FAULTS: dict[str, Failure] = {
    "files-64": files,
    "disk-full": disk,
    "clock-back": clock(-HOUR),
    "clock-forward": clock(HOUR),
    "asleep": asleep,
    "killed": killed,
    "memory": memory,
    "memory-group": memoryGroup,
    "worker-killed": workerKilled,
    "worker-stopped": workerStopped,
    "garbage": garbage,
}
"""Each by its name."""
