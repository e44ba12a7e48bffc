"""Tests of the manual pages of the stages and of the zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from twisted.trial.unittest import SynchronousTestCase

from dotchain.ini import parse
from dotchain.options import REQUIRED, Option, Value
from dotchain.stages.any import AnyType
from dotchain.stages.cache import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.upstreams.zone import Zone

PAGES = Path(__file__).parents[2] / "docs" / "kinds"
KINDS: dict[str, Mapping[str, Option]] = {
    each.kind: each.options for each in (AnyType, Cache, Coalesce, Zone)
}


class PageTests(SynchronousTestCase):
    """Pages say what the code says."""

    def test_options(self) -> None:
        """Each option stands in the table with its default and its one line, and no other does."""
        for kind, options in KINDS.items():
            rows = re.findall(r"\* - ``(.+)``\n +- (.+)\n +- (.+)\n", (PAGES / f"{kind}.rst").read_text())
            self.assertEqual(
                [(key, default.strip("`"), text) for key, default, text in rows],
                [(key, _default(option), option.doc) for key, option in options.items()],
            )

    def test_examples(self) -> None:
        """Each example is an INI file, and the values in it are such as the options take."""
        for kind, options in KINDS.items():
            found = re.search(r"code-block:: ini\n\n((?: {3}.*\n|\n)+)", (PAGES / f"{kind}.rst").read_text())
            assert found is not None
            sections, problems = parse(dedent(found[1]), Path("/etc/dns"))
            self.assertEqual(problems, [])
            shown = [each for each in sections if kind in (each.name, each.values.get("kind"))]
            self.assertEqual(len(shown), 1)
            for key, text in shown[0].values.items():
                if key != "kind":
                    options[key].read(text)


def _default(option: Option) -> str:
    if option.default is REQUIRED:
        return "required"
    return "none" if option.default is None else str(Value(option.default))
