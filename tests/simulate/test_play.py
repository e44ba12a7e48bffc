"""Fleets that are played, and what formulas say of the same ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulate.expected import expected
from simulate.plan import CLIENT, NAME, RANDOM, Plan
from simulate.play import Fleet, played
from simulate.tally import Tally
from simulate.trace import Asked

PLAN = Plan(
    machines=2,
    rate=200.0,
    names=5000,
    ttls=(20, 60),
    size=64 << 20,
    clients=100,
    own=0.1,
    once=0.05,
    wait=0.0,
)
MOST = 20_000


def play(*queries: tuple[float, int, int], **changes: object) -> Tally:
    """What comes of queries: second, machine and name."""
    plan = replace(PLAN, ttls=(20,), **changes)  # type: ignore[arg-type]
    return Fleet(plan).play(Asked(*each) for each in queries)


def test_alone() -> None:
    """Each machine asks upstream for each name, and again when its time is over."""
    tally = play((0, 0, 1), (1, 1, 1), (2, 0, 1), (21, 0, 1), shared=False)
    assert (tally.queries, tally.missed, tally.upstream, tally.waited) == (4, 3, 3, 3)
    assert (tally.lookups, tally.puts, tally.held) == (0, 0, 0)


def test_shared() -> None:
    """What one machine was told another one finds, for as long as it is left to it."""
    tally = play((0, 0, 1), (10, 1, 1), (19, 1, 1), (21, 1, 1), (22, 0, 1), shared=True)
    assert (tally.missed, tally.lookups, tally.found, tally.upstream, tally.puts) == (4, 4, 2, 2, 2)
    assert tally.held == 1


def test_meanwhile() -> None:
    """Who asks for a name before another machine's upstream has answered asks upstream, too."""
    tally = play((0, 0, 1), (0.2, 1, 1), (1, 1, 1), shared=True, wait=0.5)
    assert (tally.upstream, tally.found) == (2, 0)


def test_claimed() -> None:
    """Who asks for a name that had been there waits for the machine that asks upstream already."""
    tally = play((0, 0, 1), (20.6, 1, 1), (20.8, 0, 1), (21.2, 0, 1), shared=True, wait=0.5)
    assert (tally.upstream, tally.claims, tally.found) == (2, 2, 1)
    assert play((0, 0, 1), (31, 1, 1), shared=True).claims == 0


def test_ahead() -> None:
    """One machine fetches a name ahead of time, and another one finds what it was told: no client waits."""
    often = [(float(second), machine, 1) for second in range(1, 40) for machine in (0, 1)]
    tally = play(*often, shared=True)
    assert (tally.missed, tally.waited, tally.upstream, tally.ahead) == (2, 1, 3, 4)


@pytest.mark.parametrize("spread", [CLIENT, NAME, RANDOM])
@pytest.mark.parametrize("prefetch", [True, False])
@pytest.mark.parametrize("machines", [1, 2, 8])
@pytest.mark.parametrize("shared", [True, False])
def test_formulas(spread: str, prefetch: bool, machines: int, shared: bool) -> None:
    """Formulas say what is seen in play where caches have room, within three hundredths."""
    plan = replace(PLAN, spread=spread, prefetch=prefetch).having(machines, shared)
    told, seen = expected(plan), played(plan, MOST, seed=1)
    assert told.hits == pytest.approx(seen.hits, abs=0.03)
    assert told.spared == pytest.approx(seen.spared, abs=0.03)
    assert told.each(told.upstream) == pytest.approx(seen.each(seen.upstream), rel=0.06)
    assert told.each(told.lookups) == pytest.approx(seen.each(seen.lookups), rel=0.06)
    assert told.held == pytest.approx(seen.held, rel=0.1)
    assert told.claims == pytest.approx(seen.each(seen.claims), rel=0.1)


def test_scarce() -> None:
    """Where caches have little room, formulas promise no more than there is."""
    plan = replace(PLAN, size=200 * 610, shared=False)
    told, seen = expected(plan), played(plan, MOST, seed=1)
    assert seen.hits - 0.1 < told.hits < seen.hits


def test_one() -> None:
    """Machines that share let clients wait as seldom as one that has all, which is what they are for."""
    one, many = (played(PLAN.having(*how), MOST, seed=1) for how in ((1, False), (8, True)))
    apart = played(PLAN.having(8, False), MOST, seed=1)
    assert many.spared == pytest.approx(one.spared, abs=0.02)
    assert apart.spared < one.spared - 0.1


def test_part() -> None:
    """A part of all names says what all of them do."""
    plan = replace(PLAN, rate=1000.0, names=20_000, wait=0.03)
    whole, part = played(plan, 200_000, seed=1), played(plan, 20_000, seed=1)
    assert part.hits == pytest.approx(whole.hits, abs=0.03)
    assert part.queries == pytest.approx(whole.queries, rel=0.02)
    assert part.held == pytest.approx(whole.held, rel=0.1)
