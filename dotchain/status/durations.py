"""How long things took lately, by the sums and ranges that are counted of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..clockwork.histogram import BOUNDS

Figures = Mapping[str, Any]

FRONT = "dotchain_front_latency_seconds"
STAGE = "dotchain_stage_self_seconds"


class Durations(NamedTuple):
    """
    Durations of one sort.

    @ivar counts: how many there were, by the ranges of L{BOUNDS}, or all in one.
    @ivar seconds: all together.
    """

    counts: Sequence[float]
    seconds: float

    @property
    def mean(self) -> float | None:
        """Seconds; None where there was none."""
        number = sum(self.counts)
        return self.seconds / number if number else None

    def quantile(self, share: float) -> float | None:
        """
        The end of the range that the slowest of the quickest ones is in.

        @param share: 0.99 has one in a hundred take longer.
        @return: seconds; None where there was none, or where they took longer than any range.
        """
        left = sum(self.counts) * share
        for bound, count in zip(BOUNDS, self.counts, strict=False):
            left -= count
            if left <= 0:
                return bound if any(self.counts) else None
        return None


NOTHING = Durations((), 0.0)
"""Of what has not happened."""


def durations(family: str, before: Figures | None, now: Figures) -> dict[tuple[str, ...], Durations]:
    """
    What took how long between two moments, by labels.

    @param before: what C{metrics<dotchain.control.metrics.metrics.metrics>} said earlier; None where that
        is not to be compared.
    @param now: what it says now.
    """
    earlier = _told(family, before or {})
    pairs = ((labels, earlier.get(labels), each) for labels, each in _told(family, now).items())
    return {labels: _since(first, each) for labels, first, each in pairs if first is not None}


def sinceStart(family: str, now: Figures) -> dict[tuple[str, ...], Durations]:
    """What took how long since the start, by labels."""
    return _told(family, now)


def _told(family: str, metrics: Figures) -> dict[tuple[str, ...], Durations]:
    return {tuple(labels): Durations(each["counts"], each["sum"]) for labels, each in metrics.get(family, ())}


def _since(before: Durations, now: Durations) -> Durations:
    counts = [b - a for a, b in zip(before.counts, now.counts, strict=True)]
    if min(counts) < 0:
        # A reload has begun it anew.
        return now
    return Durations(counts, now.seconds - before.seconds)
