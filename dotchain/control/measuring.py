"""What is measured besides what is counted anyway: only where somebody can ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..clockwork import boottime
from ..clockwork.histogram import Histogram
from ..contract.sectionview import Parts
from .stagetimes import StageTimes


class Measuring:
    """
    The measurements of one process.

    @ivar lags: how late the reactor comes to what is due, in seconds.
    @ivar stages: what each stage and upstream takes by itself.
    """

    # Seconds between two looks at the reactor.
    EVERY = 0.25

    def __init__(self, fronts: Parts, reactor: Any, now: Callable[[], float] = boottime.now) -> None:
        """@param now: a clock."""
        self.lags = Histogram()
        self.stages = StageTimes(fronts)
        self._reactor = reactor
        self._now = now

    def start(self) -> None:
        """Begin."""
        self.stages.start()
        self._wait()

    def _wait(self) -> None:
        self._reactor.callLater(self.EVERY, self._look, self._now() + self.EVERY)

    def _look(self, due: float) -> None:
        self.lags.observe(max(self._now() - due, 0.0))
        self._wait()
