"""What happens in a run and when, drawn by a seed, so that it can be had again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple


class Event(NamedTuple):
    """
    An outage, and a change amid it.

    @ivar at: seconds since the beginning of the run.
    @ivar outage: its kind.
    @ivar change: the change's kind.
    @ivar whom: a number by which both choose, as of several upstreams.
    @ivar lasts: seconds of the outage; the change comes after a half of them.
    """

    at: float
    outage: str
    change: str
    whom: int
    lasts: float

    def __str__(self) -> str:
        return f"{self.at:8.1f} s  {self.outage:18}{self.lasts:4.1f} s  {self.change:14}{self.whom:4}"


def plan(outages: Sequence[str], changes: Sequence[str], seconds: float, seed: int) -> list[Event]:
    """
    Events for a run of so many seconds: each kind once before any kind comes again.

    @param outages: their kinds, all of which come at least once, however short the run is.
    """
    dice = Random(seed)
    most = max(len(outages), len(changes))
    every = min(_EVERY, seconds / (most + 1))
    count = max(int(seconds / every) - 1, most)
    first, second = dealt(outages, dice), dealt(changes, dice)
    return [
        Event(
            round(every * (number + dice.uniform(0.8, 1.2)), 1),
            next(first),
            next(second),
            dice.randrange(1000),
            round(every * dice.uniform(0.2, 0.5), 1),
        )
        for number in range(count)
    ]


# Seconds from one event to the next.
_EVERY = 5.0


def dealt(kinds: Sequence[str], dice: Random) -> Iterator[str]:
    """Card by card, from decks that are shuffled anew."""
    while True:
        yield from dice.sample(kinds, len(kinds))
