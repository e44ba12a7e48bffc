"""Fleets of real daemons do what simulations of them say."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulate.check import checked, report
from simulate.plan import RANDOM, Plan

# Nothing is over before the end, and one query is answered before the next is sent, so that it doesn't matter
# when a busy machine does what.
PLAN = Plan(rate=400.0, names=300, ttls=(300,), clients=10, spread=RANDOM, wait=0.001)


def test_fleet(tmp_path: Path) -> None:
    """
    Two machines that share ask upstream as often as a play of the same queries says. They look in the server
    for what their own caches have not, and put there, as often, too.
    """
    found = checked(PLAN.having(2, shared=True), 2.0, seed=1, folder=tmp_path, most=1)
    assert found.lost == 0
    assert found.seen.queries == found.played.queries > 700
    seen, played = found.seen, found.played
    assert seen.upstream == pytest.approx(played.upstream, rel=0.03), report([found])
    assert seen.lookups == pytest.approx(played.lookups, rel=0.03), report([found])
    assert seen.puts == pytest.approx(played.puts + played.claims, rel=0.03), report([found])
