"""BIND and Unbound, directly and through dotchain: nothing differs but what docs/transparency.rst tells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from measure.differential.report import told
from measure.differential.run import SERVERS, run

from ...interop.conftest import Credentials

_QUERIES = int(os.environ.get("DIFFERENTIAL_QUERIES", "1000"))
_SEED = int(os.environ.get("DIFFERENTIAL_SEED", "388169627"))
"""The same queries each time; C{python -m measure.differential} asks others."""


@pytest.mark.parametrize("server", SERVERS)
def test_transparency(server: str, folder: Path, credentials: Credentials) -> None:
    """Every difference is one that the documentation explains; C{DIFFERENTIAL_SEED} repeats a failure."""
    tally = run(folder, server, _SEED, _QUERIES, credentials)
    assert not tally.faults, f"DIFFERENTIAL_SEED={_SEED}\n{told(tally)}"
    assert tally.exchanges >= 11 * _QUERIES
