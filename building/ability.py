"""What it takes to compile: a C compiler that works, and Python's header files."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

_PROBE = "#include <Python.h>\nPyMODINIT_FUNC PyInit_probe(void) { return NULL; }\n"


def lacking() -> str:
    """Why nothing can be compiled here, in a few words, or an empty string."""
    if sys.implementation.name != "cpython":
        return "mypyc compiles for CPython alone"
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        return "Python's header files are not there"
    return _try()


def _try() -> str:
    """Compile and link next to nothing, just as setuptools will do all of it."""
    try:
        with TemporaryDirectory() as folder:
            _compile(folder)
    except Exception:
        # Which ones there are, the versions of setuptools differ in.
        named = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
        return f"no C compiler that works: {named}"
    return ""


def _compile(folder: str) -> None:
    source = Path(folder, "probe.c")
    source.write_text(_PROBE, "utf-8")
    probe = Distribution({"name": "probe", "ext_modules": [Extension("probe", [str(source)])]})
    command = build_ext(probe)
    command.build_lib = command.build_temp = folder
    command.ensure_finalized()
    command.run()


def oneLine(error: BaseException) -> str:
    """What an error says, as part of a line."""
    said = " ".join(str(error).split()).removeprefix("error: ")
    return said[:120] or type(error).__name__
