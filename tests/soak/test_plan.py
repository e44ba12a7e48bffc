"""What happens when."""

from __future__ import annotations

from itertools import pairwise

from soak.plan import plan

OUTAGES, CHANGES = ("a", "b", "c", "d", "e"), ("x", "y")


def test_again() -> None:
    """The same seed gives the same events, another one others."""
    first = plan(OUTAGES, CHANGES, 600, 7)
    assert first == plan(OUTAGES, CHANGES, 600, 7)
    assert first != plan(OUTAGES, CHANGES, 600, 8)


def test_short() -> None:
    """However short a run is, every kind comes, and all end within it."""
    events = plan(OUTAGES, CHANGES, 6, 1)
    assert {each.outage for each in events} == {*OUTAGES}
    assert {each.change for each in events} == {*CHANGES}
    assert events[-1].at + events[-1].lasts <= 6


def test_order() -> None:
    """One event begins when the one before is over, and no kind comes a third time before each was there."""
    events = plan(OUTAGES, CHANGES, 600, 3)
    assert len(events) > 100
    assert all(one.at + one.lasts < two.at for one, two in pairwise(events))
    kinds = [each.outage for each in events]
    for start in range(0, len(kinds) - len(OUTAGES), len(OUTAGES)):
        assert {*kinds[start : start + len(OUTAGES)]} == {*OUTAGES}
