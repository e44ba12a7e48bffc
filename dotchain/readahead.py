"""
Files that take long to read, as lists of a million names do.

At the start whoever names one reads it, and nobody waits. While a daemon serves, it is read before whoever
names it is made: bit by bit, or in a thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

Steps = Generator[None, None, T]
"""What is read, after steps of a millisecond or two."""

Key = tuple[Hashable, int]
"""By what a file is known, and how many have named it before: nobody shares what was read."""


class NotYet(ValueError):
    """What is named is read only now, and whoever names it is to be made once more."""


class Work(NamedTuple):
    """
    Something to be read.

    @ivar read: gives it, or L{Steps} on the way to it.
    @ivar inSteps: which of these.
    """

    read: Callable[[], Any]
    inSteps: bool


class ReadAhead:
    """
    What has been read already.

    @ivar wanted: what was named and is not among that.
    """

    def __init__(self) -> None:
        self.wanted: dict[Key, Work] = {}
        self._read: dict[Key, Any] = {}
        self._named: Counter[Hashable] = Counter()

    @contextmanager
    def inUse(self) -> Iterator[None]:
        """Have those that are made meanwhile find it, or learn that it is not there yet."""
        self.wanted, self._named = {}, Counter()
        before = _inUse.set(self)
        try:
            yield
        finally:
            _inUse.reset(before)

    def put(self, key: Key, outcome: object) -> None:
        """Something was read; or can't be, where it is an exception."""
        self._read[key] = outcome

    def find(self, key: Hashable, work: Work) -> Any:
        """
        What was read.

        @raise NotYet: where nothing was.
        """
        numbered = key, self._named[key]
        self._named[key] += 1
        if numbered not in self._read:
            self.wanted[numbered] = work
            raise NotYet("is still to be read")
        outcome = self._read[numbered]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


_inUse: ContextVar[ReadAhead | None] = ContextVar("_inUse", default=None)


def inSteps(key: Hashable, read: Callable[[], Steps[T]]) -> T:
    """
    What is read in steps; all at once, where nobody is served yet.

    @param key: tells it from everything else.
    @raise NotYet: where it is still to be read.
    """
    ahead = _inUse.get()
    found: T = atOnce(read()) if ahead is None else ahead.find(key, Work(read, inSteps=True))
    return found


def asWhole(key: Hashable, read: Callable[[], T]) -> T:
    """The same of what has no steps, and touches nothing that the reactor's thread may change."""
    ahead = _inUse.get()
    found: T = read() if ahead is None else ahead.find(key, Work(read, inSteps=False))
    return found


def atOnce(steps: Steps[T]) -> T:
    """What is read, after all steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found
