"""Many things to do at once, done a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from twisted.internet.task import Cooperator
from twisted.logger import Logger

T = TypeVar("T")


class PacedLoop(Generic[T]):
    """
    Does something with each of many, a few at a time, so that queries that come meanwhile don't wait.

    A hundred time-outs that one sweep finds take 5 ms. A query passes four turns of the reactor on its
    way there and back, and in turns that follow each other it would meet a portion in each.
    """

    _log = Logger()

    def __init__(self, reactor: Any, size: int, within: float, do: Callable[[T], None]) -> None:
        """
        @param size: how many at a time.
        @param within: seconds over which all are spread.
        @param do: what to do with each.
        """
        self._size = size
        self._within = within
        self._do = do
        self._reactor = reactor
        self._pause = 0.0
        self._cooperator = Cooperator(lambda: lambda: True, self._later)
        self._task: Any = None

    def _later(self, step: Callable[[], None]) -> Any:
        return self._reactor.callLater(self._pause, step)

    @property
    def busy(self) -> bool:
        """Whether some are left."""
        return self._task is not None

    def begin(self, items: Sequence[T]) -> None:
        """Do few now, and many by and by, as finding them took time already. Not while it is L{busy}."""
        work = self._work(items)
        if len(items) <= self._size:
            deque(work, 0)
            return
        self._pause = self._within * self._size / len(items)
        self._task = self._cooperator.cooperate(work)

    def _work(self, items: Sequence[T]) -> Iterator[None]:
        for count, item in enumerate(items, 1):
            try:
                self._do(item)
            except BaseException:
                # The others are as urgent.
                self._log.failure("one of many could not be done")
            if not count % self._size:
                yield
        self._task = None

    def stop(self) -> None:
        """Leave those that are left."""
        if self._task is not None:
            self._task.stop()
            self._task = None
