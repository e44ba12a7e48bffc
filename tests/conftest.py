"""What holds for every test: the checkout that it runs in stays as it is."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .folders import folder


def _mktemp(case: SynchronousTestCase) -> str:
    """Trial's own makes folders in the working directory, which only trial itself puts elsewhere."""
    return str(folder(case) / "temp")


SynchronousTestCase.mktemp = _mktemp  # type: ignore[method-assign]
