"""How long things take: counted in ranges, by which quantiles of many processes can be told together."""

from __future__ import annotations

from typing import Any, ClassVar, Final

BOUNDS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
"""Seconds that each range ends with; the last one has no end."""


class Histogram:
    """
    Seconds that something took.

    @ivar counts: how often it took so long, by the ranges of L{BOUNDS}.
    @ivar sum: the seconds together.
    """

    # Of so many that are offered as samples one is taken.
    ONE_IN: ClassVar[int] = 16

    __slots__ = ("_left", "counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0
        self._left = 1

    def sample(self, seconds: float) -> None:
        """It took so long: taken of the first, and then of one in L{ONE_IN}."""
        self._left -= 1
        if not self._left:
            self._left = self.ONE_IN
            self.observe(seconds)

    def observe(self, seconds: float) -> None:
        """It took so long once more."""
        place = 0
        for bound in BOUNDS:
            if seconds <= bound:
                break
            place += 1
        self.counts[place] += 1
        self.sum += seconds

    def add(self, other: Histogram) -> None:
        """What another one has observed counts here as well."""
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]
        self.sum += other.sum

    def tell(self) -> dict[str, Any]:
        """The same for JSON."""
        return {"counts": [*self.counts], "sum": self.sum}
