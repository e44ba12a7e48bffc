"""The picture."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from twisted.trial.unittest import SynchronousTestCase

from measure.bench.report.plot import available

from ....folders import folder
from ....interop.dotchain import CHECKOUT

_DRAW = """
import sys
from pathlib import Path
from measure.bench.report.outcomes import outcome, result
from measure.bench.report.plot import draw
both = outcome(dotchain=[result(120), result(130)], unbound=[result(100), result(100)])
both.measuredOn, *others = sys.argv[2:]
runs = [both, outcome("unique", dotchain=[result(1)])]
for other in others:
    runs.append(outcome(dotchain=[result(50)], unbound=[result(100)]))
    runs[-1].measuredOn = other
draw(runs, Path(sys.argv[1]))
"""


@pytest.mark.skipif(not available(), reason="pygal is not installed")
class PlotTests(SynchronousTestCase):
    """An SVG file."""

    def drawn(self, *machines: str) -> str:
        """The file's text, with a run on each of these machines."""
        file = folder(self) / "ratios.svg"
        # In a process of its own: pygal changes how modules are imported in its own.
        command = [sys.executable, "-c", _DRAW, str(file), *machines]
        subprocess.run(command, cwd=CHECKOUT, check=True, timeout=60)
        return file.read_text("utf-8")

    def test_machines(self) -> None:
        """The machine of all stands in the title; where there are more, beside each ratio."""
        self.assertIn("dotchain / best peer, 2 × A<", self.drawn("2 × A"))
        text = self.drawn("2 × A", "2 × B")
        self.assertIn("= 1.25 (2 × A)", text)
        self.assertIn("= 0.50 (2 × B)", text)

    def test_bars(self) -> None:
        """A bar for each scenario that has a peer, and nothing that a browser would fetch from elsewhere."""
        text = self.drawn("2 × A")
        self.assertEqual(ET.fromstring(text).tag, "{http://www.w3.org/2000/svg}svg")
        self.assertIn("cached, q/s: dotchain / unbound = 1.25", text)
        self.assertNotIn("unique", text)
        for reference in ("xlink:href", "src=", "@import", "url("):
            self.assertNotIn(reference, text)
