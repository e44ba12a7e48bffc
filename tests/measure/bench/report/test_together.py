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

    def written(self, *outcomes: Outcome, machine: str = "", python: str = "3.11.2") -> Path:
        """A file of one run."""
        used = {"machine": f"{machine}, Linux 6.1", "Python": python} if machine else {}
        return written(self, json.dumps(document(used, outcomes)), "run.json")

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

    def test_machines(self) -> None:
        """Runs on other processors, or with another Python, are told apart, each with where it was."""
        kinds = (("2 × A", "3.11.2"), ("2 × B", "3.11.2"), ("2 × A", "3.11.2"), ("2 × A", "3.13.0"))
        files = []
        for rate, (machine, python) in enumerate(kinds, 1):
            one = outcome(dotchain=[result(rate)], unbound=[result(1)])
            files.append(self.written(one, machine=machine, python=python))
        found = {one.measuredOn: len(one.runs["dotchain"]) for one in together(files)}
        wanted = {"2 × A, Python 3.11.2": 2, "2 × B, Python 3.11.2": 1, "2 × A, Python 3.13.0": 1}
        self.assertEqual(found, wanted)

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
