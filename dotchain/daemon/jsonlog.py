"""The log as JSON lines, for programs that gather logs."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import IO, Any

from twisted.logger import FileLogObserver, LogEvent, formatEvent
from twisted.python.failure import Failure

# C{[front lan] ...}, C{FILE:LINE: [front lan] key: ...}: people read the section there.
_NAMED = re.compile(r"(?:\S+:\d+: )?\[((?:front|chain|stage|upstream|test) [^\[\]]+|dotchain)\] ")


def jsonLogObserver(file: IO[Any]) -> FileLogObserver:
    """An observer that writes each event as one line, whatever line ends it has inside."""
    return FileLogObserver(file, lambda event: json.dumps(eventAsObject(event)) + "\n")


def eventAsObject(event: LogEvent) -> dict[str, object]:
    """
    An event as what JSON can write.

    @return: C{time} (UTC), C{level}, C{namespace}, C{section} (of the INI file, or None), C{message};
        where there are such, C{worker}, C{suppressed} (lines like it, held back before) and C{traceback}.
    """
    failure = event.get("log_failure")
    # What a worker has said, without its parent's words around it.
    message = event.get("said") or formatEvent(event) or _said(failure)
    found: dict[str, object] = {
        "time": datetime.fromtimestamp(event["log_time"], timezone.utc).isoformat(timespec="milliseconds"),
        "level": event["log_level"].name,
        "namespace": str(event.get("log_namespace", "-")),
        "section": _section(event, message),
        "message": message,
    }
    for key in ("worker", "suppressed"):
        if event.get(key):
            found[key] = event[key]
    if traceback := event.get("traceback") or (failure and failure.getTraceback()):
        found["traceback"] = traceback
    return found


def _section(event: LogEvent, message: str) -> str | None:
    if event.get("section"):
        return str(event["section"])
    if "upstream" in event:
        return f"upstream {event['upstream']}"
    named = _NAMED.match(message)
    return named[1] if named else None


def _said(failure: Failure | None) -> str:
    """What is told of an error that came without words."""
    return "" if failure is None else f"{type(failure.value).__name__}: {failure.getErrorMessage()}"
