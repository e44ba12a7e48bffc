"""What clients ask for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from simulate.plan import CLIENT, NAME, OWN, RANDOM, Plan
from simulate.trace import Asked, trace

PLAN = Plan(machines=4, rate=1000.0, names=1000, clients=40, own=0.2, once=0.1)


def asked(plan: Plan, seconds: float = 20.0, part: int = 1) -> list[Asked]:
    """A trace of the plan."""
    return [*trace(plan, seconds, seed=1, part=part)]


def test_shares() -> None:
    """Queries come at their rate, and are for popular, for own and for new names in their shares."""
    found = asked(PLAN)
    assert len(found) == pytest.approx(20_000, rel=0.01)
    assert 19.9 < found[-1].at <= 20.0
    own = sum(PLAN.names <= each.name < PLAN.names + PLAN.clients * OWN for each in found)
    new = Counter(each.name for each in found if each.name >= PLAN.names + PLAN.clients * OWN)
    assert own / len(found) == pytest.approx(0.2, rel=0.1)
    assert new.total() / len(found) == pytest.approx(0.1, rel=0.1)
    assert {*new.values()} == {1}
    counts = Counter(each.name for each in found)
    assert counts[0] / counts[9] == pytest.approx(10**PLAN.skew, rel=0.2)


def test_seed() -> None:
    """The same seed has the same queries."""
    assert asked(PLAN, 1.0) == asked(PLAN, 1.0)


@pytest.mark.parametrize(("spread", "machines"), [(NAME, 1), (CLIENT, 1), (RANDOM, 4)])
def test_spread(spread: str, machines: int) -> None:
    """A client's own name comes to one machine where its address or the name decides, else to all."""
    found = asked(replace(PLAN, spread=spread, own=0.9))
    of = [each.machine for each in found if each.name == PLAN.names + 7]
    assert len(of) > 10
    assert len({*of}) == machines
    assert {each.machine for each in found} == {0, 1, 2, 3}


def test_part() -> None:
    """One name in ten is asked for as often as ten of its rank are on average, in a tenth of all queries."""
    found = asked(PLAN, 200.0, part=10)
    whole = Counter(each.name for each in asked(PLAN, 200.0))
    assert len(found) == pytest.approx(20_000, rel=0.01)
    counts = Counter(each.name for each in found)
    assert counts[1] == pytest.approx(sum(whole[name] for name in range(10, 20)) / 10, rel=0.2)
    assert max(name for name in counts if counts[name] > 1) < 100 + 4 * OWN
