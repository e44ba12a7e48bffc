"""Every scenario runs, in little time, and everyone who takes part starts with the room that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from measure.bench.candidate import Candidate, Room, isOwn
from measure.bench.plan import QUICK, Plan
from measure.bench.roles import ANSWERING, FORWARDING, POLICY, PROXIES, SHARED, WORKERS, Role
from measure.bench.scenarios import IDLE, SCENARIOS, usual
from measure.bench.site import Site

_MUST_BE = ("q/s", "conn/s", "open", "s to ready")


@pytest.fixture(scope="module")
def candidates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Candidate]]:
    """dotchain in both of its roles, started once for all scenarios."""
    with ExitStack() as stack:
        site = Site(tmp_path_factory.mktemp("site"), stack, Room(idle=60))
        roles = {
            "dotchain": ANSWERING,
            "dotchain-tcp": PROXIES,
            "dotchain-workers": WORKERS,
            "dotchain-policy": POLICY,
            "dotchain-shared": SHARED,
        }
        yield {label: stack.enter_context(site.watched(role[label](site))) for label, role in roles.items()}


@pytest.mark.parametrize("name", SCENARIOS)
def test_runs(name: str, candidates: dict[str, Candidate], tmp_path: Path) -> None:
    """dotchain is measured, and every query was answered."""
    scenario = SCENARIOS[name]
    label = next(filter(isOwn, scenario.role))
    method = scenario.method(QUICK, tmp_path)
    method.prepare({label: candidates[label]})
    figures = method.measure(candidates[label]).figures
    assert set(figures) == {figure.name for figure in method.figures}
    assert figures.get("failed", 0) == 0
    for must in _MUST_BE:
        assert figures.get(must, 1) > 0, must


@pytest.mark.parametrize(
    "role",
    [ANSWERING, FORWARDING, POLICY, PROXIES, SHARED, WORKERS],
    ids=["answering", "forwarding", "policy", "proxies", "shared", "workers"],
)
def test_everyoneStarts(role: Role, tmp_path: Path) -> None:
    """Each one takes his configuration, with more room than any scenario needs."""
    room = Room(names=300_000, passing=400_000, connections=IDLE + 100, idle=60)
    with ExitStack() as stack:
        site = Site(tmp_path, stack, room)
        for make in role.values():
            candidate = stack.enter_context(site.watched(make(site)))
            assert candidate.startedIn > 0 or "udp" not in candidate.ports


def test_peers() -> None:
    """Each scenario has dotchain and at least two peers in it; workers are compared with one process."""
    for scenario in SCENARIOS.values():
        own = list(filter(isOwn, scenario.role))
        assert own
        assert len(scenario.role) - len(own) >= (1 if scenario.role is WORKERS else 2)


def test_usual() -> None:
    """Long runs are run on demand alone, and then no others."""
    assert not {"soak", "soak-unique"} & set(usual(soak=False))
    assert usual(soak=True) == ["soak", "soak-unique"]


def test_longRuns() -> None:
    """A soak takes a minute, other runs five seconds, and all of them what the option says."""
    assert [Plan().lasts(), Plan().lasts(60), Plan(seconds=2).lasts(60)] == [5, 60, 2]
