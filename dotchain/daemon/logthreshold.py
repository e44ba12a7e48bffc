"""From which level on events get into the log."""

from __future__ import annotations

from twisted.logger import FilteringLogObserver, ILogObserver, LogLevel, LogLevelFilterPredicate

from ..clockwork.logratelimit import LogRateLimit

_FIRST = LogLevel.info


class LogThreshold:
    """
    Holds back what is below a level, which an operator may set while the daemon runs. At C{debug} no line is
    suppressed for having come often.

    @ivar level: the level's name.
    """

    def __init__(self) -> None:
        self._predicate = LogLevelFilterPredicate(defaultLogLevel=_FIRST)
        self.level = str(_FIRST.name)

    def set(self, level: str) -> None:
        """@param level: C{debug}, C{info}, C{warn} or C{error}."""
        named = LogLevel.levelWithName(level)
        self._predicate.setLogLevelForNamespace("", named)
        LogRateLimit.everything = named <= LogLevel.debug
        self.level = level

    def reset(self) -> None:
        """As at the start."""
        self.set(_FIRST.name)

    def before(self, observer: ILogObserver) -> FilteringLogObserver:
        """An observer that hands on to this one what is not held back."""
        return FilteringLogObserver(observer, (self._predicate,))
