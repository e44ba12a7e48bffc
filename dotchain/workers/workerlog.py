"""What a worker logs, on its way to its parent's log."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel, eventAsText
from zope.interface import implementer


@implementer(ILogObserver)
class WorkerLogObserver:
    """In a worker: hands on each event as a text."""

    def __init__(self, tell: Callable[..., object]) -> None:
        """@param tell: takes C{level}, C{namespace} and C{text}."""
        self._tell = tell

    def __call__(self, event: LogEvent) -> None:
        """See L{ILogObserver}."""
        level: LogLevel | None = event.get("log_level")
        if level is None or level < LogLevel.info:
            return
        text = eventAsText(event, includeTimestamp=False, includeSystem=False)
        self._tell("log", level=level.name, namespace=str(event.get("log_namespace", "-")), text=text)


def logWorkerEvent(number: int, level: str, namespace: str, text: str) -> None:
    """In the parent: log what a worker said."""
    named = LogLevel.levelWithName(level)
    Logger(namespace).emit(named, "worker {number}: {text}", number=number, text=text)
