"""What becomes of a polite client's queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.interop.load import quantile

PATIENCE = 2.0
"""Seconds after which a query is lost."""


@dataclass
class Query:
    """
    @ivar due: when it was to be sent: one that waits for its turn at the client is late, too.
    @ivar took: seconds until its answer; None where there is none.
    @ivar fresh: the answer was not in the cache: its time to live is longer than that of the one before.
    """

    due: float
    took: float | None = None
    fresh: bool = False

    @property
    def lost(self) -> bool:
        """There was no answer in time."""
        return self.took is None or self.took > PATIENCE


@dataclass(frozen=True)
class Heard:
    """
    What became of the queries of a span of time.

    @ivar middle: seconds within which half of the answers came.
    @ivar late: and 99 of 100.
    @ivar fresh: how many answers were not from the cache.
    """

    asked: int = 0
    lost: int = 0
    middle: float = 0.0
    late: float = 0.0
    fresh: int = 0


def heard(queries: Sequence[Query], start: float, end: float) -> Heard:
    """Count those that were due in a span of time."""
    meant = [one for one in queries if start <= one.due < end]
    times = sorted(one.took for one in meant if one.took is not None and not one.lost)
    return Heard(
        asked=len(meant),
        lost=sum(one.lost for one in meant),
        middle=quantile(times, 0.5) if times else 0.0,
        late=quantile(times, 0.99) if times else 0.0,
        fresh=sum(one.fresh for one in meant),
    )
