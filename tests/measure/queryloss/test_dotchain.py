"""dotchain loses no query, and answers none with a failure, whatever its upstreams do."""

from __future__ import annotations

import pytest

from measure.bench.candidate import isOwn
from measure.bench.roles import FORWARDING
from measure.queryloss.__main__ import FORWARDERS
from measure.queryloss.failurerun import run
from measure.queryloss.failures import FAILURES

# Of those that rest long, one.
QUICK = [*(name for name in FAILURES if not name.startswith("idle")), "idle-silent-1"]


@pytest.mark.parametrize("failure", QUICK)
def test_nothingLost(failure: str) -> None:
    """Every query has one good answer within five seconds."""
    found = run(FAILURES[failure], FORWARDING["dotchain"])
    assert (found.lost, found.failed) == (0, 0), found


def test_forwarders() -> None:
    """Of dotchain this checkout alone takes part: from no other place it would be anything else."""
    assert list(filter(isOwn, FORWARDERS)) == ["dotchain"]
    assert {"unbound", "kresd"} < set(FORWARDERS)
