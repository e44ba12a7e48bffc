"""Files and modules of this tree that its code, docs and settings name are there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

ROOT = Path(__file__).parents[1]
NAMING = (
    "*.rst",
    "*.cfg",
    "*.py",
    "*.toml",
    ".ci/*",
    "docs/*.rst",
    "docs/kinds/*.rst",
    "tests/conformance/*.txt",
)

_FILE = re.compile(r"(?<![\w.-])(?:building|dotchain|measure|simulate|tests)/[\w/-]+\.py\b")
_MODULE = re.compile(
    r"(?<![\w./-])(?:building|dotchain|measure|simulate|tests)(?:\.(?!ini\b|log\b|kinds\b)\w+)+"
)
_LINK = re.compile(r"L\{[^}<]*<(\.*)([\w.]+)>\}")


def absent(text: str) -> list[str]:
    """What a text names that isn't there, as files or by dots."""
    files = [each for each in _FILE.findall(text) if not (ROOT / each).exists()]
    return files + [each for each in _MODULE.findall(text) if not _isThere(each.split("."))]


def unlinked(text: str, folder: Iterable[str]) -> list[str]:
    """
    The links of docstrings that lead nowhere within this tree.

    @param folder: the words of the path of the module's folder, from the root.
    """
    found = []
    for up, name in _LINK.findall(text):
        start = [*folder][: 1 - len(up) or None] if up else []
        if (up or name.startswith("dotchain.")) and not _isThere([*start, *name.split(".")]):
            found.append(up + name)
    return found


def _isThere(words: list[str]) -> bool:
    """Whether there is a module, and in its text what is behind its name."""
    place = ROOT
    for number, word in enumerate(words):
        # A folder without modules is what git leaves where caches were.
        if any((place / word).glob("*.py")):
            place /= word
            continue
        module = place / f"{word}.py"
        behind = words[number + 1 :]
        if not module.is_file():
            module, behind = place / "__init__.py", words[number:]
        text = module.read_text("utf-8") if module.is_file() else ""
        return bool(text) and all(re.search(rf"\b{each}\b", text) for each in behind)
    return True


def _modules(*folders: str) -> list[Path]:
    return [each for folder in folders for each in sorted((ROOT / folder).rglob("*.py"))]


class NamedTests(SynchronousTestCase):
    """What is named is there."""

    def test_code(self) -> None:
        """By programs, docs, settings and checks."""
        naming = [each for pattern in NAMING for each in sorted(ROOT.glob(pattern)) if each.is_file()]
        for file in [*naming, *_modules("building", "dotchain", "measure", "simulate")]:
            self.assertEqual(absent(file.read_text("utf-8")), [], file)

    def test_links(self) -> None:
        """By links of docstrings, those of tests among them."""
        for file in _modules("building", "dotchain", "measure", "simulate", "tests"):
            folder = file.parent.relative_to(ROOT).parts
            self.assertEqual(unlinked(file.read_text("utf-8"), folder), [], file)

    def test_moved(self) -> None:
        """A module that is elsewhere by now, one that was a program's, and an attribute are missed."""
        old = "see dotchain/fronts/udp.py, `python -m tests.bench`, dotchain.wire.query.Nope, dotchain/fronts"
        self.assertEqual(absent(old), ["dotchain/fronts/udp.py", "tests.bench", "dotchain.wire.query.Nope"])
        link, folder = "L{Pool<%s.Pool>}", ("dotchain", "upstreams", "streams")
        for name, found in (("..pool", ["..pool.Pool"]), (".pool", []), ("..streams.pool", []), ("pool", [])):
            self.assertEqual(unlinked(link % name, folder), found)
