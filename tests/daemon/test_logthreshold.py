"""From which level on events are logged."""

from __future__ import annotations

from twisted.logger import ILogObserver, LogEvent, Logger
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from dotchain.clockwork.logratelimit import LogRateLimit
from dotchain.daemon.logthreshold import LogThreshold


@implementer(ILogObserver)
class Levels:
    """Notes the levels of the events that come."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        """See L{ILogObserver}."""
        self.seen.append(event["log_level"].name)


class LogThresholdTests(SynchronousTestCase):
    """L{LogThreshold}."""

    def setUp(self) -> None:
        """As at the start."""
        self.levels = Levels()
        self.threshold = LogThreshold()
        self.log = Logger("x", observer=self.threshold.before(self.levels))
        self.addCleanup(self.threshold.reset)

    def passing(self) -> list[str]:
        """Which of all levels pass."""
        self.levels.seen.clear()
        for tell in (self.log.debug, self.log.info, self.log.warn, self.log.error, self.log.critical):
            tell("x")
        return self.levels.seen

    def test_levels(self) -> None:
        """Each level lets itself and all above it pass; at the start, and after a reset, that is info."""
        every = ["debug", "info", "warn", "error", "critical"]
        self.assertEqual(self.passing(), every[1:])
        for place, level in enumerate(every[:4]):
            self.threshold.set(level)
            self.assertEqual((self.threshold.level, self.passing()), (level, every[place:]))
        self.threshold.reset()
        self.assertEqual((self.threshold.level, self.passing()), ("info", every[1:]))

    def test_nothingHeldBack(self) -> None:
        """Who wants all details gets each line of a sort, as long as he wants them."""
        limit = LogRateLimit()
        limit.admit("a")
        self.threshold.set("debug")
        self.assertEqual((limit.admit("a"), limit.admit("a")), (0, 0))
        self.threshold.set("info")
        self.assertIsNone(limit.admit("a"))
