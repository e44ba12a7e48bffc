"""Tests of the manual pages of the stages and of the zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.ini import parse
from dotchain.options import REQUIRED, Option, Value
from dotchain.stages.answers.stage import Answers
from dotchain.stages.any import AnyType
from dotchain.stages.block.stage import Block
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.stages.dns64.stage import DNS64
from dotchain.stages.dnstap.stage import Dnstap
from dotchain.stages.ecs import Ecs
from dotchain.stages.limit.stage import Limit
from dotchain.stages.local.stage import Local
from dotchain.stages.minimal import Minimal
from dotchain.stages.mirror.stage import Mirror
from dotchain.stages.querylog.stage import QueryLog
from dotchain.stages.rewrite import Rewrite
from dotchain.stages.route import Route
from dotchain.stages.rpz.stage import Rpz
from dotchain.stages.shared.stage import Shared
from dotchain.stages.special import Special
from dotchain.stages.specialnames import SPECIAL_NAMES
from dotchain.stages.types import Types
from dotchain.upstreams.zone import Zone

PAGES = Path(__file__).parents[2] / "docs" / "kinds"
KINDS: dict[str, Mapping[str, Option]] = {
    each.kind: each.options
    for each in (
        Answers,
        AnyType,
        Block,
        Cache,
        Coalesce,
        DNS64,
        Dnstap,
        Ecs,
        Limit,
        Local,
        Minimal,
        Mirror,
        QueryLog,
        Rewrite,
        Route,
        Rpz,
        Shared,
        Special,
        Types,
        Zone,
    )
}


class PageTests(SynchronousTestCase):
    """Pages say what the code says."""

    def test_options(self) -> None:
        """Each option stands in the table with its default and its one line, and no other does."""
        for kind, options in KINDS.items():
            table = (PAGES / f"{kind}.rst").read_text().partition("\nOptions\n")[2]
            rows = re.findall(r"\* - ``(.+)``\n +- (.+)\n +- (.+)\n", table)
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

    def test_specialNames(self) -> None:
        """The page of special has each name, of a range the ends, and the RFC that it comes from."""
        page = (PAGES / "special.rst").read_text()
        within = {f"{octet}.172.in-addr.arpa" for octet in range(17, 31)}
        within |= {f"{octet}.100.in-addr.arpa" for octet in range(65, 127)}
        for each in SPECIAL_NAMES:
            self.assertEqual(f"``{each.name}``" in page, each.name not in within, each.name)
            self.assertIn(each.rfc, page)


def _default(option: Option) -> str:
    if option.default is REQUIRED:
        return "required"
    return str(Value(option.default or ("automatic" if option.automatic else "none")))
