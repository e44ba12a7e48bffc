"""Several runs as one."""

from __future__ import annotations

import json
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.report.outcomes import outcome, result
from measure.bench.report.tables import document, summary
from measure.bench.report.together import together
from measure.bench.rounds import Outcome

from ....folders import folder, written


class TogetherTests(SynchronousTestCase):
    """What C{--json} has written, read again."""

    def written(self, *outcomes: Outcome) -> Path:
        """A file of one run."""
        return written(self, json.dumps(document({}, outcomes)), "run.json")

    def test_rounds(self) -> None:
        """Rounds of all runs count, each with its own peers."""
        slow = self.written(outcome(dotchain=[result(20)], unbound=[result(10)]))
        fast = self.written(outcome(dotchain=[result(300), result(200)], unbound=[result(100), result(100)]))
        (both,) = together([slow, fast])
        self.assertIn("2.00 (2.00-3.00)", summary([both]))

    def test_same(self) -> None:
        """One run alone is what it was."""
        one = outcome(dotchain=[result(20, failed=1)], unbound=[result(10, good=False)])
        self.assertEqual(together([self.written(one)]), [one])

    def test_missing(self) -> None:
        """Who is missing in one run is left out, and why is told."""
        whole = self.written(outcome(dotchain=[result(20)], unbound=[result(10)], kresd=[result(40)]))
        part = outcome(dotchain=[result(20)], unbound=[result(10)])
        part.absent["kresd"] = "kresd is not installed"
        (both,) = together([whole, self.written(part)])
        self.assertEqual((list(both.runs), list(both.absent)), (["dotchain", "unbound"], ["kresd"]))

    def test_otherFiles(self) -> None:
        """What is no file of figures is named."""
        file = folder(self) / "run.json"
        for text in ("", "[]", "{}", '{"scenarios": [{"name": "cached"}]}'):
            file.write_text(text)
            self.assertRaisesRegex(ValueError, file.name, together, [file])
