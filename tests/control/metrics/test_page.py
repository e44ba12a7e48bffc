"""docs/metrics.rst."""

from __future__ import annotations

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.metrics.family import COUNTER, GAUGE, HISTOGRAM, SUMMARY
from dotchain.control.metrics.metrics import FAMILIES

PAGE = (Path(__file__).parents[3] / "docs" / "metrics.rst").read_text()

_ROW = re.compile(r"^   \* - ``(\w+)``\n     - (\w+)\n     - (.+)\n     - (.+(?:\n       .+)*)", re.M)


class PageTests(SynchronousTestCase):
    """What the page says is what is exported."""

    def test_table(self) -> None:
        """Each metric is in the table, in the order of export, with its type, labels and meaning."""
        rows = [
            (name, kind, tuple(re.findall(r"``(\w+)``", labels)), " ".join(doc.split()))
            for name, kind, labels, doc in _ROW.findall(PAGE)
        ]
        wanted = [(each.exported, each.kind, each.labels, each.doc) for each in FAMILIES.values()]
        self.assertEqual(rows, wanted)

    def test_names(self) -> None:
        """Names are as Prometheus wants them: of this program, and in base units."""
        for name, family in FAMILIES.items():
            self.assertRegex(name, r"^dotchain_[a-z_]+[a-z]$")
            self.assertIn(family.kind, (COUNTER, GAUGE, HISTOGRAM, SUMMARY))
            self.assertNotRegex(name, r"_total|_ms$|_milliseconds|_octets|_days")
            self.assertRegex(family.doc, r"^[A-Z1].*\.$")
