"""What holds for every test: the checkout that it runs in stays as it is, and no clock or dice decides."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from twisted.trial.unittest import SynchronousTestCase

from .folders import folder


def _mktemp(case: SynchronousTestCase) -> str:
    """Trial's own makes folders in the working directory, which only trial itself puts elsewhere."""
    return str(folder(case) / "temp")


SynchronousTestCase.mktemp = _mktemp  # type: ignore[method-assign]

# A machine that is busy fails no test that is right, and two runs try the same examples.
settings.register_profile(
    "still", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
# By hand, for an hour: pytest --hypothesis-profile=long --hypothesis-seed=1 (churn.py).
settings.register_profile("long", settings.get_profile("still"), derandomize=False, max_examples=10_000)
settings.load_profile("still")
