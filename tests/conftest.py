"""What holds for every test: the checkout that it runs in stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.trial.unittest import SynchronousTestCase

from .folders import folder


def _mktemp(case: SynchronousTestCase) -> str:
    """Trial's own makes folders in the working directory, which only trial itself puts elsewhere."""
    return str(folder(case) / "temp")


SynchronousTestCase.mktemp = _mktemp  # type: ignore[method-assign]

# Where daemons and loads run: beside one another they would find each other's ports, and be slow.
_DAEMONS = frozenset(("conformance", "field", "interop", "measure"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several processes (C{-n 2 --dist loadgroup}), have one of them run all that starts daemons."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    here = Path(__file__).parent
    for item in items:
        if _DAEMONS.intersection(item.path.relative_to(here).parts[:1]):
            item.add_marker(pytest.mark.xdist_group("daemons"))
