"""The verb kinds."""

from __future__ import annotations

import io
import json
import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands.main import main
from dotchain.config.kinds import BUILT_IN, GROUP, Kinds
from dotchain.match.reading import match


class KindsTests(SynchronousTestCase):
    """C{dotchain kinds}."""

    def run_(self, *words: str) -> tuple[int, str, str]:
        """Status, stdout and stderr."""
        stdout, stderr = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", stdout)
        self.patch(sys, "stderr", stderr)
        return main(["kinds", *words]), stdout.getvalue(), stderr.getvalue()

    def declare(self, name: str, place: str) -> None:
        """As if a package were installed that declares this."""
        points = [EntryPoint(name, place, GROUP)]
        self.patch(sys.modules["dotchain.config.kinds"], "entry_points", lambda group: points)

    def entries(self, *words: str) -> list[dict[str, Any]]:
        """The JSON list."""
        status, stdout, _ = self.run_("--json", *words)
        self.assertEqual(status, 0)
        found: list[dict[str, Any]] = json.loads(stdout)
        return found

    def test_all(self) -> None:
        """Every kind is there with its role and its first sentence, and so are the other sections."""
        found = {entry["kind"]: entry for entry in self.entries()}
        self.assertEqual(set(found), {"dotchain", "front", "chain", "test", *Kinds().names})
        for name in BUILT_IN:
            self.assertIn(found[name]["role"], ("stage", "upstream"))
            self.assertTrue(found[name]["doc"].endswith("."), found[name]["doc"])

    def test_keys(self) -> None:
        """Each key has its default and one line; required ones have no default."""
        (zone,) = self.entries("zone")
        keys = {option["key"]: option for option in zone["options"]}
        self.assertEqual((keys["file"]["required"], keys["file"]["default"]), (True, None))
        self.assertTrue(keys["kind"]["required"])
        self.assertTrue(keys["origin"]["doc"])
        (cache,) = self.entries("cache")
        self.assertEqual([option["default"] for option in cache["options"]][:2], ["cache", "64M"])

    def test_names(self) -> None:
        """Keys that name resolvers tell which; every stage has its keys, and no upstream."""
        for kind, key, names in (("route", "rules", ["chain", "upstream"]), ("race", "over", ["upstream"])):
            (entry,) = self.entries(kind)
            found = {option["key"]: option["names"] for option in entry["options"]}
            self.assertEqual(found[key], names)
            self.assertEqual(("on-error" in found, "budget" in found), (kind == "route",) * 2)
        self.assertIn("  over = required (names: upstream)\n", self.run_("race")[1])

    def test_wrong(self) -> None:
        """A kind whose options are none is told with status 1, and is no traceback."""
        for kind in ("Plain", "Unread"):
            status, stdout, stderr = self.run_(f"tests.badkinds.{kind}")
            self.assertEqual((status, stdout), (1, ""))
            self.assertRegex(stderr, rf"^kind 'tests.badkinds.{kind}': its option 'n' .*\n$")

    def test_automatic(self) -> None:
        """A value that is found without being given is not called none; nothing at all is."""
        for words, automatic, none in (
            (("dotchain",), ("open-files", "control"), ("control-group",)),
            (
                ("front",),
                ("allow", "max-connections", "idle-timeout", "cookie-secret"),
                ("certificate", "deny"),
            ),
            (("forward",), ("profile", "ca-file"), ("name", "pin-sha256", "bootstrap")),
            (("spread",), ("key",), ()),
            (("zone",), ("origin",), ()),
        ):
            _, stdout, _ = self.run_(*words)
            lines = stdout.splitlines()
            for key in automatic:
                self.assertIn(f"  {key} = automatic", lines)
            for key in none:
                self.assertIn(f"  {key} = none", lines)
        (front,) = self.entries("front")
        keys = {option["key"]: option for option in front["options"]}
        self.assertEqual((keys["allow"]["automatic"], keys["allow"]["default"]), (True, None))
        self.assertFalse(keys["deny"]["automatic"])

    def test_text(self) -> None:
        """People read an INI file's lines."""
        _, stdout, _ = self.run_("front")
        self.assertTrue(stdout.startswith("front\n"))
        self.assertIn("\n  listen = required\n", stdout)
        self.assertIn("\n  chain = required\n", stdout)

    def test_match(self) -> None:
        """The words of matches are those in the table of their page; all but the last two are read here."""
        words = [entry["word"] for entry in self.entries("match")]
        page = Path(__file__).parents[2].joinpath("docs", "matches.rst").read_text(encoding="utf-8")
        table = page.split("\n===")[3]
        self.assertEqual(words, re.findall(r"^``(.*?)``", table, re.MULTILINE))
        self.assertEqual([match(word).text for word in words[:-2]], words[:-2])
        status, stdout, _ = self.run_("match")
        self.assertEqual(status, 0)
        self.assertIn("  class:CH\n      QCLASS is that", stdout)

    def test_thirdParty(self) -> None:
        """What other packages declare is listed."""
        self.declare("mark", "tests.configs:Mark")
        _, stdout, _ = self.run_()
        self.assertIn(
            "mark (stage)\n    A stage that does nothing, and knows what stands behind it.\n", stdout
        )

    def test_dottedPath(self) -> None:
        """A class that no package declares is shown by its path."""
        (entry,) = self.entries("tests.configs.End")
        self.assertEqual((entry["role"], entry["doc"]), ("upstream", "An upstream that is a service."))

    def test_broken(self) -> None:
        """What can't be imported is told, and the others are listed."""
        self.declare("broken", "nowhere.at.all:Kind")
        status, stdout, stderr = self.run_()
        self.assertEqual(status, 0)
        self.assertIn("cache (stage)", stdout)
        self.assertIn("kind 'broken' can't be imported: there is no module 'nowhere'", stderr)

    def test_refused(self) -> None:
        """A package that takes a built-in name is told of."""
        self.declare("cache", "tests.configs:Mark")
        _, stdout, stderr = self.run_("cache")
        self.assertIn("Keep whole answers", stdout)
        self.assertIn("'cache' of an installed package (tests.configs:Mark) is not used", stderr)

    def test_unknown(self) -> None:
        """An unknown kind is a negative result."""
        status, stdout, stderr = self.run_("cahce")
        self.assertEqual((status, stdout), (1, ""))
        self.assertIn("did you mean 'cache'?", stderr)
