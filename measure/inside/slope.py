"""Whether something grows."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple


class Slope(NamedTuple):
    """
    @ivar each: by how much it grows from one reload to the next, by the method of least squares.
    @ivar error: the standard error of that.
    @ivar first: its mean over the first tenth.
    @ivar last: and over the last one.
    """

    each: float
    error: float
    first: float
    last: float

    @property
    def grows(self) -> bool:
        """By more than three times the error."""
        return self.each > 3 * self.error


def slope(values: Sequence[float]) -> Slope:
    """
    That of values after one reload, after two, and so on.

    @raise ValueError: where there are less than three.
    """
    number = len(values)
    if number < 3:
        raise ValueError("two values tell no slope")
    middle, mean = (number - 1) / 2, sum(values) / number
    spread = sum((at - middle) ** 2 for at in range(number))
    each = sum((at - middle) * value for at, value in enumerate(values)) / spread
    rest = sum((value - mean - each * (at - middle)) ** 2 for at, value in enumerate(values))
    tenth = max(number // 10, 1)
    return Slope(
        each, sqrt(rest / (number - 2) / spread), sum(values[:tenth]) / tenth, sum(values[-tenth:]) / tenth
    )
