"""Zipf's law without a list of all names."""

from __future__ import annotations

from math import log

# Up to this rank the sum is exact; beyond, the integral is, to a millionth.
_EXACT = 1000


class Zipf:
    """
    How often names are asked for, by their ranks from 1 up.

    @ivar names: how many there are.
    """

    def __init__(self, names: int, skew: float) -> None:
        self.names = names
        self._skew = skew
        self._head = [0.0]
        for rank in range(1, min(names, _EXACT) + 1):
            self._head.append(self._head[-1] + rank**-skew)
        self._all = self._sum(names)

    def share(self, above: int, upTo: int) -> float:
        """The share of all queries for the names of the ranks above one and up to another."""
        return (self._sum(upTo) - self._sum(above)) / self._all

    def _sum(self, rank: int) -> float:
        if rank < len(self._head):
            return self._head[rank]
        return self._head[-1] + self._integral(rank + 0.5) - self._integral(len(self._head) - 0.5)

    def _integral(self, rank: float) -> float:
        power = 1.0 - self._skew
        return log(rank) if abs(power) < 1e-9 else (rank**power - 1.0) / power
