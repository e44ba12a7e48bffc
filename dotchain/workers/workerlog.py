"""What a worker logs, on its way to its parent's log."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel
from zope.interface import implementer

from ..daemon.jsonlog import eventAsObject


@implementer(ILogObserver)
class WorkerLogObserver:
    """In a worker: hands on each event in words."""

    def __init__(self, tell: Callable[..., object]) -> None:
        """@param tell: takes C{event}, what L{eventAsObject} has of one."""
        self._tell = tell

    def __call__(self, event: LogEvent) -> None:
        """See L{ILogObserver}."""
        if event.get("log_level") is not None:
            self._tell("log", event=eventAsObject(event))


def logWorkerEvent(number: int, event: dict[str, str]) -> None:
    """In the parent: log what a worker said."""
    level = LogLevel.levelWithName(event["level"])
    traceback = "\n{traceback}" if "traceback" in event else ""
    known = {key: event[key] for key in ("section", "suppressed", "traceback") if key in event}
    Logger(event["namespace"]).emit(
        level, f"worker {{worker}}: {{said}}{traceback}", worker=number, said=event["message"], **known
    )
