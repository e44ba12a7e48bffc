"""A reactor of a verb's own, which runs until the verb has what it wants."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.selectreactor import SelectReactor
from twisted.python.failure import Failure

from ..clockwork.boottime import steady

T = TypeVar("T")


def untilDone(begin: Callable[[Any], Deferred[T]]) -> T:
    """
    Run until something is done.

    @param begin: is given the reactor, and begins it.
    @return: its result; what it fails with is raised.
    @raise KeyboardInterrupt: where the user ends it.
    """
    reactor: Any = SelectReactor()
    steady(reactor)
    outcomes: list[T | Failure] = []
    closing: list[int] = []

    def ended(outcome: T | Failure) -> None:
        outcomes.append(outcome)
        if not closing:
            reactor.stop()

    def start() -> None:
        begin(reactor).addBoth(ended)

    # What ends because a signal stops the reactor is no outcome.
    reactor.addSystemEventTrigger("before", "shutdown", lambda: closing.append(len(outcomes)))
    reactor.callWhenRunning(start)
    with _signalsKept():
        reactor.run()
    if closing == [0]:
        raise KeyboardInterrupt
    found = outcomes[0]
    if isinstance(found, Failure):
        found.raiseException()
    return found


@contextmanager
def _signalsKept() -> Iterator[None]:
    """Put the signals' handlers back, as Twisted leaves its own there."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in kept.items():
            signal.signal(number, action)
