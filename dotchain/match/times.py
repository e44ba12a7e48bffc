"""The word about the local time."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from .word import Not, Word

if TYPE_CHECKING:
    from ..wire.query import Query

_WEEK = 7 * 1440

CLOCK: Final[ContextVar[Callable[[], float]]] = ContextVar("clock", default=time.time)
"""The time in seconds since 1970, for all words that are read while it is set: a rehearsal has its own."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class TimeWord(Word):
    """
    Some days and some hours of the local time: C{time:mon-fri,08:00-18:00}.

    Hours that end before they begin go on into the next day, which need not be one of the days.

    @ivar minutes: those of the week in which it holds, a bit each.
    """

    def __init__(
        self,
        text: str,
        days: frozenset[int],
        hours: tuple[tuple[int, int], ...],
        now: Callable[[], float] | None = None,
    ) -> None:
        """
        @param days: from 0, which is Monday.
        @param hours: from and to, in minutes since midnight.
        @param now: the time in seconds since 1970; by default what L{CLOCK} has now.
        """
        self.minutes = _minutes(days, hours)
        super().__init__(text, always=self.minutes == _bits(0, _WEEK))
        self._days = days
        self._hours = hours
        self._now = now or CLOCK.get()
        # What held in a minute, and which that was: the local time takes a microsecond.
        self._minute = -1
        self._held = False

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        minute = int(self._now()) // 60
        if minute != self._minute:
            local = time.localtime(minute * 60)
            self._minute = minute
            self._held = self.at(local.tm_wday, local.tm_hour * 60 + local.tm_min)
        return self._held

    def implies(self, other: Word) -> bool:
        """See L{Word.implies}."""
        if isinstance(other, TimeWord):
            return not self.minutes & ~other.minutes
        return isinstance(other, Not) and self.excludes(other.word)

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}."""
        if isinstance(other, TimeWord):
            return not self.minutes & other.minutes
        return isinstance(other, Not) and self.implies(other.word)

    def at(self, day: int, minute: int) -> bool:
        """Whether it holds on a day of the week, so many minutes after midnight."""
        today, yesterday = day in self._days, (day - 1) % 7 in self._days
        for begin, end in self._hours:
            if begin < end:
                held = today and begin <= minute < end
            else:
                held = (today and minute >= begin) or (yesterday and minute < end)
            if held:
                return True
        return False


def _minutes(days: frozenset[int], hours: tuple[tuple[int, int], ...]) -> int:
    """The minutes of a week, a bit each; what goes on after Sunday is on Monday."""
    found = 0
    for day in days:
        for begin, end in hours:
            found |= _bits(day * 1440 + begin, day * 1440 + end + (1440 if end < begin else 0))
    return found & _bits(0, _WEEK) | found >> _WEEK


def _bits(begin: int, end: int) -> int:
    return (1 << end) - (1 << begin)
