"""How much of what there was a second, from the counters of two moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Figures = Mapping[str, Any]


class Interval:
    """
    The time between two results of C{stats<dotchain.control.stats.stats>} of one daemon.

    Counters begin at 0 with their process, and with a section that a reload has changed: of a time in which
    that happened nothing is known, rather than something wrong.

    @ivar seconds: how long it was by the daemon's own clock; 0 where the two are not of the same processes.
    """

    def __init__(self, before: Figures | None, now: Figures) -> None:
        """@param before: the earlier one; None where there is none."""
        self._before: Figures = before or {}
        self._now = now
        self.seconds = _between(before, now) if before else 0.0

    def rate(self, *path: str) -> float | None:
        """
        How much a counter grew a second.

        @param path: the keys that lead to it, such as C{"fronts", "lan", "udp", "queries"}.
        @return: None where that is not known.
        """
        return self._rate(_at(self._before, path), _at(self._now, path))

    def grown(self, *path: str) -> float | None:
        """How much a counter grew in all that time; None where that is not known."""
        rate = self.rate(*path)
        return None if rate is None else rate * self.seconds

    def rates(self, *path: str) -> Any:
        """The rates of all counters below these keys, in the same shape."""
        return self._below(_at(self._before, path), _at(self._now, path))

    def _below(self, before: Any, now: Any) -> Any:
        if isinstance(now, Mapping):
            earlier: Figures = before if isinstance(before, Mapping) else {}
            found = {key: self._below(earlier.get(key), value) for key, value in now.items()}
            return {key: value for key, value in found.items() if value is not None}
        return self._rate(before, now)

    def _rate(self, before: Any, now: Any) -> float | None:
        if not self.seconds or not _isNumber(before) or not _isNumber(now) or now < before:
            return None
        return float((now - before) / self.seconds)


def _between(before: Figures, now: Figures) -> float:
    one, other = before["process"], now["process"]
    if _who(one) != _who(other):
        return 0.0
    return max(float(other["uptime-seconds"] - one["uptime-seconds"]), 0.0)


def _who(process: Figures) -> Any:
    """The processes that have counted; a worker that was replaced takes its numbers with it."""
    workers = process.get("workers", {})
    return process["pid"], {number: each["pid"] for number, each in workers.items()}


def _at(figures: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        figures = figures.get(key) if isinstance(figures, Mapping) else None
    return figures


def _isNumber(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
