"""Zipf's law."""

from __future__ import annotations

import pytest

from simulate.zipf import Zipf


@pytest.mark.parametrize("skew", [0.7, 1.0, 1.3])
def test_integral(skew: float) -> None:
    """Shares are those of the sum over all ranks, to a millionth, also where they are not summed up."""
    names = 20_000
    weights = [rank**-skew for rank in range(1, names + 1)]
    zipf = Zipf(names, skew)
    for above, upTo in ((0, 1), (0, 500), (900, 1100), (5000, 5001), (10_000, names)):
        assert zipf.share(above, upTo) == pytest.approx(sum(weights[above:upTo]) / sum(weights), rel=1e-5)
    assert zipf.share(0, names) == 1.0


def test_few() -> None:
    """One name has all queries."""
    assert Zipf(1, 0.9).share(0, 1) == 1.0
