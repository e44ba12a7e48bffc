"""A reactor turned by hand: a clock that is set, and real sockets that are looked at once a turn."""

from __future__ import annotations

import select
from typing import Any

from twisted.internet.testing import MemoryReactorClock
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer


class Loop(MemoryReactorClock):
    """
    A reactor whose turns are asked for.

    @ivar aside: descriptors that are not looked at.
    """

    def __init__(self) -> None:
        MemoryReactorClock.__init__(self)
        self.aside: set[object] = set()

    @property
    def watched(self) -> set[Any]:
        """What is read or written."""
        return set(self.readers) | set(self.writers)

    def turn(self) -> bool:
        """One turn, without waiting; whether there was anything to do."""
        readers = [each for each in self.readers if each not in self.aside]
        writers = list(self.writers)
        assert all(each.fileno() >= 0 for each in (*readers, *writers)), "a closed descriptor is watched"
        readable, writable, _ = select.select(readers, writers, [], 0)
        for each in readable:
            assert each.doRead() is None
        for each in writable:
            if each in self.writers:
                assert each.doWrite() is None
        due = any(call.getTime() <= self.seconds() for call in self.getDelayedCalls())
        self.advance(0)
        return bool(readable or writable or due)

    def settle(self) -> None:
        """Turn until nothing is left to do."""
        for _ in range(10_000):
            if not self.turn():
                return
        raise AssertionError("the reactor spins")


@implementer(ILogObserver)
class Kept:
    """An observer that keeps what is logged."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        """Keep it."""
        self.events.append(event)


def logged(case: SynchronousTestCase) -> list[LogEvent]:
    """A list that gets all that is logged from now on until the test ends."""
    observer = Kept()
    globalLogPublisher.addObserver(observer)
    case.addCleanup(globalLogPublisher.removeObserver, observer)
    return observer.events
