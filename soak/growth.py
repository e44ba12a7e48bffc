"""What the daemon's processes hold, second by second, and whether it grows."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import NamedTuple

from measure.bench.load.processes import openFiles, resident
from measure.inside.notes import Notes
from measure.inside.slope import Slope, slope

HOUR = 3600.0

Series = list[tuple[float, float]]
"""Numbers, each with its time (L{time.monotonic})."""

# Means of so many parts are what is looked at: what one second has, the next one has too, so that
# seconds would tell too small an error.
_PARTS = 30
# Less than that of the whole in an hour is no growth.
_SHARE = 0.01
# Seconds that caches and the allocator take to have what they need.
_FILLED = 900.0


class Growth(NamedTuple):
    """
    @ivar slope: of the second half of a run, by the hour.
    @ivar judged: the run was so long that it tells something.
    """

    slope: Slope
    judged: bool

    @property
    def wrong(self) -> bool:
        """It goes on and on."""
        return self.judged and self.slope.grows and self.slope.each > _SHARE * self.slope.last


def growth(series: Series) -> Growth | None:
    """How a series grows; None where there is too little of it."""
    if not series:
        return None
    begin, end = series[0][0], series[-1][0]
    middle = (begin + end) / 2
    means = _means([(at - middle, value) for at, value in series if at > middle], end - middle)
    if len(means) < 3:
        return None
    found, hourly = slope(means), HOUR * _PARTS / (end - middle)
    judged = end - begin >= 2 * _FILLED
    return Growth(Slope(found.each * hourly, found.error * hourly, found.first, found.last), judged)


def _means(values: Series, seconds: float) -> list[float]:
    """Of each of the parts in which there is anything."""
    parts: list[list[float]] = [[] for _ in range(_PARTS)]
    for at, value in values:
        parts[min(int(at / seconds * _PARTS), _PARTS - 1)].append(value)
    return [sum(part) / len(part) for part in parts if part]


def noted(notes: Notes) -> dict[str, Series]:
    """What a process has noted of itself, and how long at a time nothing else could run there."""
    longest: dict[int, tuple[float, float]] = {}
    for held in notes.held:
        took, spent = longest.get(int(held.at), (0.0, 0.0))
        longest[int(held.at)] = (max(took, 1000 * held.took), max(spent, 1000 * held.spent))
    times = [at for at, _ in notes.samples.get("timers", [])]
    pauses = [longest.get(int(at), (0.0, 0.0)) for at in times]
    samples = dict(notes.samples)
    samples["allocated, kB"] = [(at, octets / 1000) for at, octets in samples.pop("allocated", [])]
    return {
        **samples,
        "longest pause a second, ms": [(at, took) for at, (took, _) in zip(times, pauses, strict=True)],
        "processor time in that, ms": [(at, spent) for at, (_, spent) in zip(times, pauses, strict=True)],
    }


class Watch(threading.Thread):
    """
    Looks at processes each second.

    @ivar series: what was seen, by its name.
    """

    def __init__(self, pids: Mapping[str, int]) -> None:
        """@param pids: processes, which count with their children, by their names."""
        super().__init__(name="watch", daemon=True)
        self.series: dict[str, Series] = {}
        self._pids = pids
        self._over = threading.Event()

    def run(self) -> None:
        """Until told to stop."""
        while not self._over.wait(1):
            for name, pid in self._pids.items():
                try:
                    self._add(f"memory, kB{name}", resident([pid]) / 1000)
                    self._add(f"open files{name}", openFiles([pid]))
                except OSError:
                    continue  # a child has just ended

    def _add(self, name: str, value: float) -> None:
        self.series.setdefault(name, []).append((time.monotonic(), value))

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()
