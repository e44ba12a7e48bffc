"""The examples of README and of the pages for authors: written down as they stand, type-checked, and run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

import dotchain
from dotchain import api
from dotchain.config.load import load
from dotchain.wire import Answer, Query

from .folders import folder

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.rst", *(ROOT / "docs" / name for name in ("stages.rst", "cookbook.rst"))]
CHAIN = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = verdicts quiet.Quiet shortttl.ShortTTL blocklist spare.Spare lookup.Lookup split order

[stage blocklist]
kind = blocklist.Blocklist
file = names

[stage verdicts]
kind = verdicts.Verdicts
file = names
on-error = pass

[stage split]
kind = split.Split
names = corp.example
to = inside

[chain inside]
path = cache corp

[upstream corp]
kind = upstreams.Static

[upstream order]
kind = upstreams.InOrder
over = corp
"""


def examples() -> dict[str, str]:
    """The modules of the pages, by their names."""
    found = {}
    for page in PAGES:
        if page.exists():
            for block in re.findall(r"code-block:: python\n\n((?: {4}.*\n|\n)+)", page.read_text()):
                text = dedent(block)
                found[text.partition("\n")[0].removeprefix("# ")] = text
    return found


class ExampleTests(SynchronousTestCase):
    """Each of them, as somebody copies it."""

    def setUp(self) -> None:
        self.place = folder(self)
        self.files = [self.place / name for name in examples()]
        for file in self.files:
            file.write_text(examples()[file.name])

    def run_(self, *words: str) -> str:
        """What a module of Python's says, run beside them."""
        # Where it is installed, mypy finds it by itself, and refuses to be told.
        installed = "site-packages" in dotchain.__file__
        where = [] if installed else [str(Path(dotchain.__file__).parents[1])]
        path = os.pathsep.join([str(self.place), *where])
        environment = {**os.environ, "PYTHONPATH": path, "MYPYPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        run = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.place,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def test_types(self) -> None:
        """mypy --strict finds nothing, with the plugin for zope.interface and without."""
        for plugins in ("", "plugins = mypy_zope:plugin"):
            config = self.place / "mypy.ini"
            config.write_text(f"[mypy]\nstrict = True\nfollow_imports = silent\n{plugins}\n")
            cache = str(self.place / "cache")
            names = [file.name for file in self.files]
            said = self.run_("mypy", "--config-file", str(config), "--cache-dir", cache, *names)
            self.assertIn(f"no issues found in {len(names)} source files", said)

    def test_run(self) -> None:
        """Their own tests pass."""
        self.assertRegex(self.run_("unittest", "discover"), r"Ran [1-9][0-9]* tests")

    def test_chain(self) -> None:
        """A daemon takes them all, in one path, and each has its say."""
        self.patch(sys, "path", [str(self.place), *sys.path])
        self.addCleanup(lambda: [sys.modules.pop(file.stem, None) for file in self.files])
        file = self.place / "chain.ini"
        file.write_text(CHAIN)
        (self.place / "names").write_text("blocked.example\nblocked.test\n")
        tree = load(str(file), MemoryReactorClock())
        things = {type(part.thing).__name__: part.thing for part in tree.parts}
        self.assertEqual(self.rcode(things["Blocklist"], "www.BLOCKED.example"), api.REFUSED)
        self.assertEqual(things["Blocklist"].refused, 1)
        self.assertEqual(self.rcode(things["Split"], "www.corp.example"), api.NOERROR)
        self.assertIs(things["Split"].to, things["Cache"])

    def rcode(self, stage: api.Stage, name: str) -> int:
        """What a stage answers at once."""
        answer = stage.resolve(api.ask(name))
        if not isinstance(answer, Answer):
            answer = self.successResultOf(answer)
        return answer.rcode


class PageTests(SynchronousTestCase):
    """What the page names."""

    def test_methods(self) -> None:
        """Methods and attributes of queries and answers that it speaks of are there."""
        page = (ROOT / "docs" / "stages.rst").read_text()
        for kind, word in ((Query, "query"), (Answer, "answer")):
            names = set(re.findall(rf"\b{word}\.([a-zA-Z]+)", page))
            self.assertGreater(len(names), 3)
            self.assertEqual([name for name in names if not hasattr(kind, name)], [])

    def test_readers(self) -> None:
        """The table has each reader."""
        table = (
            (ROOT / "docs" / "stages.rst").read_text().partition("Reader  ")[2].partition("\nA function")[0]
        )
        for name in ("whole", "some", "atLeast", "octets", "seconds", "moment", "flag", "words", "items"):
            self.assertIn(f"``{name}", table)
        for name in ("domain", "domains", "path", "one", "several", "types", "networks", "match", "rules"):
            self.assertIn(f"``{name}", table)
        for name in ("resolver", "upstreams", "routes"):
            self.assertIn(f"``{name}", table)
