"""Whether something grows."""

from __future__ import annotations

import pytest

from measure.inside.slope import slope


def test_straight() -> None:
    """What grows by the same each time has no error."""
    found = slope([3.0 + 2 * at for at in range(20)])
    assert found.each == pytest.approx(2)
    assert found.error == pytest.approx(0, abs=1e-9)
    assert (found.first, found.last) == (4, 40)
    assert found.grows


def test_noise() -> None:
    """What goes up and down does not grow, whatever the slope of so few."""
    found = slope([5, 9, 4, 8, 6, 9, 4, 8, 5, 9])
    assert found.error > 0
    assert not found.grows


def test_few() -> None:
    """Two values tell nothing."""
    with pytest.raises(ValueError, match="no slope"):
        slope([1, 2])
