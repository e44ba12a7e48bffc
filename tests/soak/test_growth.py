"""Whether what processes hold grows."""

from __future__ import annotations

import pytest

from measure.inside.notes import Held, Notes
from soak.growth import Growth, Series, growth, noted

HOUR = 3600


def series(seconds: int, *, step: float = 0.0, first: float = 1000.0) -> Series:
    """A number a second, up and down by one around what grows from its first half on."""
    return [(5.0 + at, first + step * max(at - seconds // 2, 0) + at % 2) for at in range(seconds)]


def grown(numbers: Series) -> Growth:
    """How it grows."""
    found = growth(numbers)
    assert found is not None
    return found


def test_flat() -> None:
    """What only goes up and down does not grow."""
    found = grown(series(2 * HOUR))
    assert found.judged
    assert not found.wrong
    assert found.slope.each == pytest.approx(0, abs=1)


def test_grows() -> None:
    """What goes on and on in the second half is told by the hour."""
    found = grown(series(2 * HOUR, step=0.05))
    assert found.wrong
    assert found.slope.each == pytest.approx(180, rel=0.02)


def test_little() -> None:
    """Less than one in a hundred an hour is no growth, though it is more than its error."""
    found = grown(series(2 * HOUR, step=0.002))
    assert found.slope.grows
    assert not found.wrong


def test_short() -> None:
    """What grows in a run of minutes tells nothing, and of a second there is nothing to tell."""
    assert not grown(series(600, step=1)).wrong
    assert growth(series(2)) is None
    assert growth([]) is None


def test_noted() -> None:
    """The longest time in each second that a process could do nothing else, beside what it has noted."""
    notes = Notes([Held(7.1, 0.004, 0.001), Held(7.5, 0.020, 0.015)], [], {"timers": [(7.9, 12), (8.9, 13)]})
    found = noted(notes)
    assert found["timers"] == [(7.9, 12), (8.9, 13)]
    assert found["longest pause a second, ms"] == [(7.9, pytest.approx(20)), (8.9, 0)]
    assert found["processor time in that, ms"] == [(7.9, pytest.approx(15)), (8.9, 0)]
