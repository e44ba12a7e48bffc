"""C{dotchain new-stage}, and the worked example: packages that are built, installed and found."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from twisted.trial.unittest import SynchronousTestCase

import dotchain
from dotchain.commands.main import main

from ..folders import folder

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "dotchain-bedtime"


class Packaged(SynchronousTestCase):
    """A package as pip would install it."""

    def setUp(self) -> None:
        self.place = folder(self)
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", self.stdout)
        self.patch(sys, "stderr", self.stderr)

    def ran(self, *words: str, path: Path | None = None) -> str:
        """What this Python prints, with an installed package and without this tree's folder."""
        parts = [str(each) for each in (path, self._dotchain()) if each is not None]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(parts), "PYTHONDONTWRITEBYTECODE": "1"}
        run = subprocess.run(
            [sys.executable, *words],
            cwd=self.place,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run.stdout

    def _dotchain(self) -> Path | None:
        """A folder with nothing but dotchain in it, where it is not installed."""
        if "site-packages" in dotchain.__file__:
            return None
        alone = self.place / "alone"
        alone.mkdir(exist_ok=True)
        if not (alone / "dotchain").exists():
            (alone / "dotchain").symlink_to(Path(dotchain.__file__).parent)
        return alone

    def installed(self, package: Path) -> Path:
        """The folder that a wheel of it is unpacked in."""
        build = "import setuptools.build_meta as b, sys; print(b.build_wheel(sys.argv[1]))"
        copy = self.place / "source"
        subprocess.run(["cp", "-r", str(package), str(copy)], check=True)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        made = subprocess.run(
            [sys.executable, "-c", build, str(self.place)],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(made.returncode, 0, made.stderr)
        there = self.place / "installed"
        with ZipFile(self.place / made.stdout.splitlines()[-1]) as wheel:
            wheel.extractall(there)
        return there

    def proven(self, package: Path, name: str) -> None:
        """Its tests pass, its types are right, and dotchain finds its kind."""
        there = self.installed(package)
        tests = str(package / "tests")
        said = self.ran("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tests, tests, path=there)
        self.assertRegex(said, r"[1-9][0-9]* passed")
        command = "import sys; from dotchain.commands.main import main; sys.exit(main())"
        self.assertIn(f"{name} (stage)\n", self.ran("-c", command, "kinds", name, path=there))
        cache = ["--cache-dir", str(self.place / "cache"), "--strict", "--follow-imports", "silent"]
        self.assertIn(
            "no issues", self.ran("-m", "mypy", *cache, str(package / f"dotchain_{name}"), path=there)
        )


class ExampleTests(Packaged):
    """C{docs/examples/}."""

    def test_bedtime(self) -> None:
        """The worked example is installed from a wheel, passes its own tests, and is found by its name."""
        self.proven(EXAMPLE, "bedtime")


class NewStageTests(Packaged):
    """L{newstage}."""

    def test_package(self) -> None:
        """What it writes is a package that is installed, passes its own tests, and is found by its name."""
        where = self.place / "greylist"
        self.assertEqual(main(["new-stage", "greylist", "--out", str(where)]), 0)
        self.assertIn(f"pip install -e '{where}[test]'", self.stdout.getvalue())
        self.proven(where, "greylist")
        command = "import sys; from dotchain.commands.main import main; sys.exit(main())"
        self.ran("-c", command, "check", str(where / "greylist.ini"), path=self.place / "installed")

    def test_names(self) -> None:
        """Names that can't be are refused, those of dotchain's own kinds among them."""
        for name in ("cache", "Grey", "grey_list", "7up", "-x", "a--b", "a/b", "front", "class"):
            self.assertEqual(main(["new-stage", "--out", str(self.place / "x"), "--", name]), 2)
        self.assertIn("'cache' is the name of a kind that comes with dotchain", self.stderr.getvalue())
        self.assertFalse((self.place / "x").exists())

    def test_there(self) -> None:
        """A folder that is there stays as it is."""
        where = self.place / "there"
        where.mkdir()
        self.assertEqual(main(["new-stage", "grey-list", "--out", str(where)]), 1)
        self.assertEqual(list(where.iterdir()), [])
        self.assertIn("File exists", self.stderr.getvalue())
