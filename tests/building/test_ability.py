"""What it takes to compile."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest
from twisted.trial.unittest import SynchronousTestCase

from building.ability import lacking, oneLine

from ..folders import folder

HEADERS = Path(sysconfig.get_path("include"), "Python.h").is_file()


@pytest.mark.skipif(not HEADERS, reason="Python's header files are not there")
class CompilerTests(SynchronousTestCase):
    """L{lacking}, as to the compiler."""

    def found(self, text: str) -> str:
        """What is lacking with a compiler that is a shell script."""
        file = folder(self) / "cc"
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        self.patch(os, "environ", {**os.environ, "CC": str(file)})
        return lacking().replace(str(file), "CC")

    def test_works(self) -> None:
        """Nothing is lacking where one compiles and links."""
        if not shutil.which("gcc"):
            self.skipTest("gcc is not there")
        self.assertEqual(self.found('exec gcc "$@"'), "")

    def test_fails(self) -> None:
        """One that compiles nothing, or that can't link, is none."""
        self.assertEqual(self.found("exit 1"), "no C compiler that works: CC")
        link = 'case "$*" in *-shared*) exit 1;; esac\nfor last in "$@"; do :; done\n: >"$last"'
        self.assertEqual(self.found(link), "no C compiler that works: CC")

    def test_missing(self) -> None:
        """Nor is one that isn't there."""
        self.patch(os, "environ", {**os.environ, "CC": "/nowhere/cc"})
        self.assertEqual(lacking(), "no C compiler that works: /nowhere/cc")


class PythonTests(SynchronousTestCase):
    """L{lacking}, as to Python."""

    def test_headers(self) -> None:
        """Its header files may be in a package that isn't installed."""
        self.patch(sysconfig, "get_path", lambda _: str(folder(self)))
        self.assertEqual(lacking(), "Python's header files are not there")

    def test_others(self) -> None:
        """Other implementations interpret."""
        self.patch(sys, "implementation", SimpleNamespace(name="pypy"))
        self.assertEqual(lacking(), "mypyc compiles for CPython alone")


class LineTests(SynchronousTestCase):
    """L{oneLine}."""

    def test_short(self) -> None:
        """It is one line of a bearable length, without distutils' first word."""
        self.assertEqual(oneLine(SystemExit("error: a\n  b")), "a b")
        self.assertEqual(len(oneLine(ValueError("x" * 999))), 120)

    def test_silent(self) -> None:
        """An error without words is told by its name."""
        self.assertEqual(oneLine(KeyError()), "KeyError")
