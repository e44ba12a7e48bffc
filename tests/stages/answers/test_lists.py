"""The stage C{answers}: its lists."""

from __future__ import annotations

from pathlib import Path

from dotchain.api import (
    EDE_BLOCKED,
)
from dotchain.stages.answers.stage import Answers
from dotchain.testing import StageCase, both

from .answerscase import ASKED, WWW


@both
class ListTests(StageCase):
    """Names of lists in files."""

    def list(self, text: str) -> Path:
        """A file of this text."""
        file = Path(self.mktemp())
        file.write_text(text, encoding="utf-8")
        return file

    def test_denied(self) -> None:
        """The client is told which line of which list it was; exceptions of the list are fine."""
        file = self.list("ads.example\n||tracker.example^\n@@||good.tracker.example^\n")
        for target, denied in (("x.tracker.example.", True), ("good.tracker.example.", False)):
            stage = self.made(Answers, f"{WWW} 300 IN CNAME {target}", deny=f"private list:{file}")
            answer = self.answered(stage, ASKED)
            told = ((EDE_BLOCKED, f"answer has what is denied: list:{file} line 2"),)
            self.assertEqual(answer.errors, told if denied else ())

    def test_allowed(self) -> None:
        """Names that are asked for may come of a list, too."""
        stage = self.made(Answers, f"{WWW} 300 IN A 10.0.0.1", allow=f"list:{self.list('www.example.org')}")
        self.assertEqual(self.answered(stage, ASKED).counts[:2], b"\0\1")

    def test_reload(self) -> None:
        """A list is read anew; where that can't be, the old one stays."""
        file = self.list("tracker.example")
        stage = self.made(Answers, f"{WWW} 300 IN CNAME a.tracker.example.", deny=f"list:{file}")
        for text, denied in (("other.example", False), ("<html>", False), ("a.tracker.example", True)):
            file.write_text(text, encoding="utf-8")
            reloaded = stage.reload()
            assert reloaded is not None
            for _ in range(100):
                self.clock.advance(0)
            if text == "<html>":
                self.failureResultOf(reloaded, ValueError)
            else:
                self.successResultOf(reloaded)
            self.assertEqual(bool(self.answered(stage, ASKED).errors), denied)
