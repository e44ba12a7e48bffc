"""What pip asks, with fakes in the places of setuptools' own hooks: nothing is built."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from setuptools import build_meta
from twisted.trial.unittest import SynchronousTestCase

from building import backend

from ..folders import folder


class BackendCase(SynchronousTestCase):
    """A backend in a folder of its own, which notes how C{setup.py} would be run."""

    def setUp(self) -> None:
        self.here = Path.cwd()
        self.addCleanup(os.chdir, self.here)
        self.place = folder(self)
        (self.place / "setup.cfg").write_bytes((self.here / "setup.cfg").read_bytes())
        os.chdir(self.place)
        self.lacking = ""
        self.failure: BaseException | None = None
        self.runs: list[tuple[str, str]] = []
        self.places: list[str] = []
        self.patch(backend, "lacking", lambda: self.lacking)
        self.patch(backend, "find_spec", lambda _: object())
        for hook in ("build_wheel", "build_editable"):
            self.patch(build_meta, hook, self.build)
        for hook in ("get_requires_for_build_wheel", "get_requires_for_build_editable"):
            self.patch(build_meta, hook, lambda _: ["plain"])

    def wish(self, value: str) -> None:
        """Have the variable say something."""
        self.patch(os, "environ", {**os.environ, "DOTCHAIN_COMPILE": value})

    def build(self, *_: object) -> str:
        """Note what C{setup.py} would read."""
        self.runs.append((os.environ["DOTCHAIN_COMPILE"], os.environ["DOTCHAIN_INTERPRETED"]))
        self.flags = os.environ["CFLAGS"]
        self.places.append(Path(os.environ["DIST_EXTRA_CONFIG"]).read_text("utf-8"))
        if self.failure and os.environ["DOTCHAIN_COMPILE"] == "1":
            raise self.failure
        return "made.whl"

    def ended(self, *, editable: bool = False) -> object:
        """What an error says."""
        hook = backend.build_editable if editable else backend.build_wheel
        return self.assertRaises(SystemExit, hook, "dist").code


class WheelTests(BackendCase):
    """L{backend.build_wheel}."""

    def test_compiled(self) -> None:
        """It is compiled where that can be, asked for or not."""
        for value in ("", "1"):
            self.wish(value)
            self.assertEqual(backend.build_wheel("dist"), "made.whl")
        self.assertEqual(self.runs, [("1", "")] * 2)

    def test_never(self) -> None:
        """It is not where whoever installs has said so; then nothing is tried."""
        self.wish("0")
        self.lacking = "never asked"
        self.assertEqual(backend.build_wheel("dist"), "made.whl")
        self.assertEqual(self.runs, [("0", "built with DOTCHAIN_COMPILE=0")])

    def test_lacking(self) -> None:
        """What is lacking is what the wheel says."""
        self.wish("")
        self.lacking = "no C compiler"
        self.assertEqual(backend.build_wheel("dist"), "made.whl")
        self.assertEqual(self.runs, [("0", "no C compiler")])

    def test_failed(self) -> None:
        """What does not compile after all is made anew, elsewhere, with the error as the reason."""
        self.wish("")
        for error in (SystemExit("error: mypyc: a"), RuntimeError("mypyc: a")):
            self.runs, self.places, self.failure = [], [], error
            self.assertEqual(backend.build_wheel("dist"), "made.whl")
            self.assertEqual(self.runs, [("1", ""), ("0", "mypyc: a")])
            self.assertNotEqual(*self.places)

    def test_must(self) -> None:
        """Where it must be compiled, both are errors, and nothing else is made."""
        self.wish("1")
        self.failure = SystemExit("error: a")
        self.assertEqual(self.ended(), "error: a")
        self.assertEqual(self.runs, [("1", "")])
        self.lacking = "no C compiler"
        self.assertEqual(self.ended(), "DOTCHAIN_COMPILE=1, but no C compiler")
        self.assertEqual(self.runs, [("1", "")])

    def test_noMypy(self) -> None:
        """Where pip installs nothing for the build, mypy may be missing."""
        self.wish("")
        self.patch(backend, "find_spec", lambda _: None)
        backend.build_wheel("dist")
        self.assertEqual(self.runs, [("0", "mypyc is not there")])

    def test_folders(self) -> None:
        """What is compiled names neither the source's folder nor that of the build, and flags are kept."""
        self.wish("1")
        os.environ["CFLAGS"] = "-O1"
        backend.build_wheel("there")
        where = Path(self.places[0].split()[-1])
        expected = ["-O1", *(f"-ffile-prefix-map={each}=." for each in (where, Path.cwd()))]
        self.assertEqual(shlex.split(self.flags), expected)
        self.assertEqual(os.environ["CFLAGS"], "-O1")

    def test_place(self) -> None:
        """Each build is in a folder of its own that ends with it, and the environment is as before."""
        self.wish("")
        before = dict(os.environ)
        backend.build_wheel("dist")
        where = Path(self.places[0].split()[-1])
        self.assertNotIn(self.here, where.parents)
        self.assertFalse(where.exists())
        self.assertEqual(dict(os.environ), before)


class RequiresTests(BackendCase):
    """What pip is told to install for a build."""

    def wheel(self) -> list[str]:
        """For a wheel."""
        return backend.get_requires_for_build_wheel()

    def test_compiled(self) -> None:
        """mypy, and all that dotchain imports, for mypy to know their types."""
        self.wish("")
        names = {each.split()[0] for each in self.wheel()}
        self.assertTrue(names >= {"plain", "mypy", "mypy-zope", "twisted", "cffi"}, names)

    def test_interpreted(self) -> None:
        """Nothing more than setuptools wants where nothing will be compiled."""
        self.wish("0")
        self.assertEqual(self.wheel(), ["plain"])
        self.wish("")
        self.lacking = "no C compiler"
        self.assertEqual(self.wheel(), ["plain"])

    def test_early(self) -> None:
        """Where it must be compiled and can't, nothing is fetched before that is said."""
        self.wish("1")
        self.lacking = "no C compiler"
        ended = self.assertRaises(SystemExit, self.wheel)
        self.assertEqual(ended.code, "DOTCHAIN_COMPILE=1, but no C compiler")

    def test_missing(self) -> None:
        """That mypy isn't there yet is no reason not to ask for it."""
        self.wish("")
        self.patch(backend, "find_spec", lambda _: None)
        self.assertIn("types-cffi", self.wheel())

    def test_editable(self) -> None:
        """An editable installation wants it on demand alone."""
        self.wish("")
        self.assertEqual(backend.get_requires_for_build_editable(), ["plain"])
        self.wish("1")
        self.assertIn("types-cffi", backend.get_requires_for_build_editable())


class EditableTests(BackendCase):
    """L{backend.build_editable}."""

    def setUp(self) -> None:
        super().setUp()
        self.files = [
            Path(name) for name in ("dotchain__mypyc.x.so", "dotchain/a.x.so", "dotchain/wire/b.x.so")
        ]
        for file in [*self.files, Path("dotchain/wire/b.py"), Path("other.so")]:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    def test_interpreted(self) -> None:
        """Changes are to show, so what was compiled beside the source is removed, and that alone."""
        self.wish("")
        backend.build_editable("dist")
        self.assertEqual(self.runs, [("0", "")])
        self.assertEqual([file for file in self.files if file.exists()], [])
        self.assertTrue(Path("dotchain/wire/b.py").exists() and Path("other.so").exists())

    def test_compiled(self) -> None:
        """On demand it is compiled; a failure leaves nothing of an older state beside the source."""
        self.wish("1")
        backend.build_editable("dist")
        self.assertEqual(self.runs, [("1", "")])
        self.files[0].touch()
        self.failure = SystemExit("error: a")
        self.assertEqual(self.ended(editable=True), "error: a")
        self.assertFalse(self.files[0].exists())
