"""A real server of a shared cache that fails: no query fails with it, and it is used again afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from measure.shared.faults import REAL

from .daemon import until
from .pairs import Pair, paired
from .valkeyserver import ValkeyServer


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two machines, and the server."""
    folder = tmp_path_factory.mktemp("faults")
    with ValkeyServer(folder / "server") as server, paired(folder, server) as made:
        yield made


@pytest.mark.parametrize("fault", REAL)
def test_fault(fault: str, pair: Pair) -> None:
    """While it lasts each query has a good answer, of one of the two machines; then they share again."""
    held = pair.names()
    pair.ask(pair.one, held)
    with REAL[fault](pair.server):
        for _ in range(5):
            pair.ask(pair.two, [*held, *pair.names()])
    pair.join()
    until(pair.shares)


def test_log(pair: Pair) -> None:
    """What is passed by is told once each time, not for each query."""
    for machine in (pair.one, pair.two):
        assert machine.said().count("is passed by") <= 4 * len(REAL)
