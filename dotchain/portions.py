"""Many things to do at once, done a few in each turn of the reactor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Generic, TypeVar

from twisted.internet.task import Cooperator
from twisted.logger import Logger

T = TypeVar("T")


class Portions(Generic[T]):
    """
    Does something with each of many, so that queries that come meanwhile don't wait for all of it.

    A hundred time-outs that one sweep finds take 5 ms.
    """

    _log = Logger()

    def __init__(self, reactor: Any, size: int, do: Callable[[T], None]) -> None:
        """
        @param size: how many in one turn.
        @param do: what to do with each.
        """
        self._size = size
        self._do = do
        self._cooperator = Cooperator(lambda: lambda: True, partial(reactor.callLater, 0))
        self._task: Any = None

    @property
    def busy(self) -> bool:
        """Whether some are left."""
        return self._task is not None

    def begin(self, items: Iterable[T]) -> None:
        """Do the first now, and the others turn by turn; not while it is L{busy}."""
        work = self._work(items)
        if next(work, self) is None:
            self._task = self._cooperator.cooperate(work)

    def _work(self, items: Iterable[T]) -> Iterator[None]:
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
