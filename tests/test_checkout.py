"""The checkout: tests leave nothing in it, and exceptions to rules of security have a reason."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from .folders import folder

ROOT = Path(__file__).parents[1]
FILES = ("kept.py", "dotchain/wire/kept.py", "etc/kept.ini", "tests/wire/kept.py", "twisted/plugins/kept.py")


class LeftoversTests(SynchronousTestCase):
    """A checkout of a few files, with this one's C{.gitignore}, after a test."""

    def setUp(self) -> None:
        self.place = folder(self)
        (self.place / ".gitignore").write_bytes((ROOT / ".gitignore").read_bytes())
        for name in FILES:
            self.leave(name, "1")
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("-c", "user.name=ci", "-c", "user.email=ci@localhost", "commit", "-q", "-m", "before")

    def git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.place, check=True)

    def leave(self, name: str, text: str = "2") -> None:
        file = self.place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def found(self) -> list[str]:
        """What is complained about."""
        command = [ROOT / ".ci" / "leftovers"]
        run = subprocess.run(command, cwd=self.place, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1 if run.stderr else 0)
        return [line[3:] for line in run.stderr.splitlines()[1:]]

    def test_clean(self) -> None:
        """Caches, and what the test command itself makes, may be there."""
        self.assertEqual(self.found(), [])
        for name in (".venv/a", "build/lib/a.so", "dotchain.egg-info/a", "tests/wire/__pycache__/a.pyc"):
            self.leave(name)
        for name in (".hypothesis/a", ".mypy_cache/a", ".ruff_cache/a", "twisted/plugins/dropin.cache"):
            self.leave(name)
        self.assertEqual(self.found(), [])

    def test_new(self) -> None:
        """A file, or a folder with one."""
        self.leave("tests.some.test_module/temp")
        self.leave("core")
        self.assertEqual(sorted(self.found()), ["core", "tests.some.test_module/"])

    def test_ignored(self) -> None:
        """What C{.gitignore} hides from a developer is found all the same."""
        names = ["dotchain/wire/a.so", "etc/lab-state/", "twistd.log", "twistd.pid"]
        for name in names:
            self.leave(f"{name}key.pem" if name.endswith("/") else name)
        self.assertEqual(sorted(self.found()), names)

    def test_changed(self) -> None:
        """A file of the project that is another one, or gone."""
        self.leave("kept.py")
        self.assertEqual(self.found(), ["kept.py"])
        (self.place / "kept.py").unlink()
        self.assertEqual(self.found(), ["kept.py"])


class FolderTests(SynchronousTestCase):
    """Where tests put their files."""

    def test_mktemp(self) -> None:
        """Trial's temporary names, too, are not in the working directory."""
        place = Path(self.mktemp()).absolute()
        self.assertFalse(place.is_relative_to(Path.cwd()))
        self.assertTrue(place.parent.is_dir() and not place.exists())


class ExceptionTests(SynchronousTestCase):
    """Lines that the linter is told to pass though one of bandit's rules (C{S}) is broken."""

    def test_explained(self) -> None:
        """Each says why that is no harm there."""
        files = [*(ROOT / "dotchain").rglob("*.py"), *(ROOT / "building").glob("*.py"), ROOT / "setup.py"]
        lines = [line for file in files for line in file.read_text().splitlines()]
        found = [line for line in lines if re.search(r"noqa: .*\bS\d", line)]
        self.assertGreater(len(found), 5)
        self.assertEqual([line for line in found if not re.search(r"noqa: [\w, ]+ - \w", line)], [])
