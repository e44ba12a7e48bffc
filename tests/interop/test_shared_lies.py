"""A server of a shared cache that stumbles, lies or is somebody else: nobody waits for it or believes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .daemon import until
from .liar import LyingServer
from .pairs import Pair, paired

# One of each sort, of which "python -m measure.shared" has more.
LIES = (
    "late",
    "forged",
    "truncated",
    "swapped",
    "errors",
    "full",
    "moved",
    "escapes",
    "twice",
    "halves",
    "endless",
    "huge",
    "deaf",
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two machines, and the server."""
    folder = tmp_path_factory.mktemp("lies")
    with LyingServer(folder / "liar") as liar, paired(folder, liar) as made:
        yield made


@pytest.mark.parametrize("lie", LIES)
def test_lie(lie: str, pair: Pair) -> None:
    """
    While it lies each query has a good answer, of one of the two machines; when it behaves again both use it.
    """
    assert isinstance(pair.server, LyingServer)
    held = pair.names()
    pair.ask(pair.one, held)
    with pair.server.lying(lie):
        for _ in range(3):
            pair.ask(pair.two, [*held, *pair.names()])
    pair.join()
    until(pair.shares)


def test_log(pair: Pair) -> None:
    """No log has a line for each query, or what a server says as it comes."""
    for machine in (pair.one, pair.two):
        said = machine.said()
        assert len(said.splitlines()) < 20 * len(LIES)
        assert "\x1b" not in said
        assert "\x00" not in said
