"""The script of failures: what the upstreams do while queries come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.interop import outages

from ..bench.load.dnsperf import PATIENCE as SILENT_PATIENCE
from .failurerun import Failure, FailureRun
from .relay import Relay, RelayedConnection
from .scripts import ClosesBusy, ClosesIdle, Reverses

PAUSES = (0.5, 0.9, 1.0, 1.1, 1.5, 2.0)
"""Times without a query, as shares of an upstream's idle limit."""

STEADY, SLOW = 200.0, 50.0
"""Queries a second."""


def idleFin(seconds: float) -> Failure:
    """A connection at rest is closed in order: close_notify and FIN."""
    return lambda run: _pauses(run, run.scripted(ClosesIdle(seconds)).port, seconds)


def idleReset(seconds: float) -> Failure:
    """A connection at rest is reset."""
    return lambda run: _relayed(run, seconds, RelayedConnection.reset)


def idleSilent(seconds: float) -> Failure:
    """A connection at rest swallows all that comes, as when a NAT has forgotten it."""
    return lambda run: _relayed(run, seconds, RelayedConnection.swallow)


def _relayed(run: FailureRun, seconds: float, end: Callable[[RelayedConnection], None]) -> None:
    _pauses(run, run.enter(Relay(run.backend.tlsPort, seconds, end)).port, seconds)


def _pauses(run: FailureRun, server: int, seconds: float) -> None:
    load = run.ask(server, rate=SLOW)
    load.run(0.1)
    for pause in PAUSES:
        load.wait(seconds * pause)
        load.run(0.1)


def stopped(run: FailureRun) -> None:
    """The first of two upstreams gets SIGSTOP, and SIGCONT 5 seconds later."""
    load = run.ask(run.backend.tlsPort, run.second().tlsPort, rate=STEADY)
    load.run(2)
    with outages.stopped(run.backend):
        load.run(5)
    load.run(3)


def killed(run: FailureRun) -> None:
    """The first of two upstreams gets SIGKILL, and is started again 3 seconds later."""
    load = run.ask(run.backend.tlsPort, run.second().tlsPort, rate=STEADY)
    load.run(2)
    with outages.killed(run.backend):
        load.run(3)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(run.enter, run.backend)
        load.run(3)


def closesBusy(run: FailureRun) -> None:
    """Answers take 50 ms, and each connection is closed as its 20th query comes, with some pending."""
    run.ask(run.scripted(ClosesBusy(20, 0.05)).port, rate=STEADY).run(5)


def reversed_(run: FailureRun) -> None:
    """What came in 100 ms is answered at once, the last query first."""
    run.ask(run.scripted(Reverses(0.1)).port, rate=STEADY).run(5)


def mute(run: FailureRun) -> None:
    """The first of two upstreams resets its connections, and from then on accepts without a handshake."""
    relay = run.enter(Relay(run.backend.tlsPort))
    load = run.ask(relay.port, run.second().tlsPort, rate=SLOW)
    load.run(2)
    relay.mute()
    load.run(8)


def blackHole(run: FailureRun) -> None:
    """The connections that stand swallow all that comes; new ones work."""
    relay = run.enter(Relay(run.backend.tlsPort))
    load = run.ask(relay.port, rate=SLOW)
    load.run(2)
    relay.swallow()
    load.run(8)


def silent(names: int) -> Failure:
    """The upstream leaves so many names a second unanswered, and answers all others."""
    return lambda run: _besideSilence(run, names)


def _besideSilence(run: FailureRun, names: int) -> None:
    load = run.ask(run.silent().tlsPort, rate=STEADY)
    load.run(0.5)
    with run.silence(10, names):
        load.run(10)
        # Whoever asked for the others waits for them so long.
        load.wait(2 * SILENT_PATIENCE)


def burst(run: FailureRun) -> None:
    """2,000 queries in 100 ms, the first of all."""
    run.ask(run.backend.tlsPort, rate=20_000).run(0.1)


def _all() -> Iterator[tuple[str, Failure]]:
    for name, kind in (("fin", idleFin), ("rst", idleReset), ("silent", idleSilent)):
        for seconds in (1, 2, 5):
            yield f"idle-{name}-{seconds}", kind(seconds)
    yield "stopped", stopped
    yield "killed", killed
    yield "closes-busy", closesBusy
    yield "reversed", reversed_
    yield "mute", mute
    yield "black-hole", blackHole
    for number in (60, 1000):
        yield f"silent-{number}", silent(number)
    yield "burst", burst


FAILURES: dict[str, Failure] = dict(_all())
"""Each by its name."""
