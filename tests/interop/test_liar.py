"""The server that lies does, and none of its lies ends it."""

from __future__ import annotations

from pathlib import Path

from .liar import LyingServer
from .valkeyserver import say


def test_behaves(tmp_path: Path) -> None:
    """It holds what it is told to hold, and lies as long as it has to."""
    with LyingServer(tmp_path) as liar:
        assert say(liar.port, "SET", "k", "v", "EX", "100") == b"OK"
        assert say(liar.port, "SET", "k", "w", "PX", "100", "NX") is None
        with liar.lying("integers"):
            assert say(liar.port, "GET", "k") == 1
        assert (say(liar.port, "GET", "k"), say(liar.port, "GET", "j")) == (b"v", None)
        assert liar.looked() == 3
