"""The log as JSON lines."""

from __future__ import annotations

import io
import json
from typing import Any

from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from dotchain.daemon.jsonlog import jsonLogObserver


@implementer(ILogObserver)
class Early:
    """Has each event happen soon after 1970 began."""

    def __init__(self, observer: ILogObserver) -> None:
        self._observer: Any = observer

    def __call__(self, event: LogEvent) -> None:
        """See L{ILogObserver}."""
        self._observer({**event, "log_time": 0.25})


class JsonLogTests(SynchronousTestCase):
    """L{jsonLogObserver}."""

    def setUp(self) -> None:
        """A log of its own."""
        self.file = io.StringIO()
        self.log = Logger("x.y", observer=Early(jsonLogObserver(self.file)))

    def line(self) -> dict[str, Any]:
        """The one line that was written."""
        (line,) = self.file.getvalue().splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    def test_fields(self) -> None:
        """Time in UTC, level, namespace, section and message, and how many lines were held back."""
        self.log.info("{what}\nis hot", what="it", section="stage ads", suppressed=3)
        self.assertEqual(
            self.line(),
            {
                "time": "1970-01-01T00:00:00.250+00:00",
                "level": "info",
                "namespace": "x.y",
                "section": "stage ads",
                "message": "it\nis hot",
                "suppressed": 3,
            },
        )

    def test_upstream(self) -> None:
        """What an upstream's line is about is its section."""
        self.log.info("{upstream} is back", upstream="quad9")
        self.assertEqual(self.line()["section"], "upstream quad9")

    def test_named(self) -> None:
        """Where the text begins with a section, as people read it, that is the section."""
        for text in ("[stage ads] 1 name", "/etc/x.ini:3: [stage ads] lists: no such file"):
            self.file.truncate(0)
            self.file.seek(0)
            self.log.info("{text}", text=text)
            self.assertEqual(self.line()["section"], "stage ads")

    def test_notNamed(self) -> None:
        """What only looks like one is none."""
        self.log.info("{text}", text="[elsewhere] is [stage ads] no section")
        self.assertIsNone(self.line()["section"])

    def test_failure(self) -> None:
        """A traceback is a part of the object, and so of the line."""
        for text, message in (("it broke", "it broke"), ("", "ZeroDivisionError: division by zero")):
            self.file.truncate(0)
            self.file.seek(0)
            try:
                1 / 0  # noqa: B018
            except ZeroDivisionError:
                self.log.failure(text, Failure())
            found = self.line()
            self.assertEqual((found["level"], found["message"]), ("critical", message))
            self.assertIn("\nbuiltins.ZeroDivisionError", found["traceback"])

    def test_worker(self) -> None:
        """What a worker said stands alone, and beside it which one it was."""
        self.log.emit(LogLevel.info, "worker {worker}: {said}", worker=2, said="hot")
        self.assertEqual((self.line()["worker"], self.line()["message"]), (2, "hot"))
