"""
What pip asks to make a wheel of this tree (PEP 517, PEP 660): setuptools' hooks, compiling where that can be.

What does not compile is made anew without; C{DOTCHAIN_COMPILE=1} has that be an error. A build is in a
temporary folder of its own, so that nothing of an earlier one gets into a wheel.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

from .ability import lacking, oneLine
from .wish import VARIABLE, Wish, wish

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

WHY = "DOTCHAIN_INTERPRETED"
"""Tells C{setup.py} what a wheel that is not compiled says of that."""

Settings = Mapping[str, Any] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """What pip has to install for the build: what compiling takes only where there will be any."""
    plain = build_meta.get_requires_for_build_wheel(config_settings)
    return [*plain, *([] if _reason() else _required())]


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """The same for an editable installation, which is compiled on demand alone."""
    plain = build_meta.get_requires_for_build_editable(config_settings)
    return [*plain, *(_required() if wish() is Wish.ALWAYS and not _reason() else [])]


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """
    Make a wheel, compiled or one that says why it isn't.

    @raise SystemExit: it must be compiled, and can't.
    """
    asked = (wheel_directory, config_settings, metadata_directory)
    reason = _reason(built=True)
    if not reason:
        try:
            with _build(compiled=True):
                made = str(build_meta.build_wheel(*asked))
        except (Exception, SystemExit) as error:
            if wish() is Wish.ALWAYS:
                raise
            reason = oneLine(error)
        else:
            print("dotchain is compiled")
            return made
    print(f"dotchain is not compiled: {reason}")
    with _build(compiled=False, reason=reason):
        return str(build_meta.build_wheel(*asked))


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Make what leads to this tree; what was compiled there would hide changes, and is removed."""
    for file in [*Path().glob("dotchain__mypyc.*.so"), *Path("dotchain").rglob("*.so")]:
        file.unlink()
    compiled = wish() is Wish.ALWAYS and not _reason(built=True)
    with _build(compiled=compiled):
        return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def _reason(*, built: bool = False) -> str:
    """
    Why nothing will be compiled, or an empty string.

    @param built: what was required for it should be there by now.
    @raise SystemExit: it must be.
    """
    if wish() is Wish.NEVER:
        return f"built with {VARIABLE}=0"
    reason = lacking() or ("" if find_spec("mypyc") or not built else "mypyc is not there")
    if reason and wish() is Wish.ALWAYS:
        raise SystemExit(f"{VARIABLE}=1, but {reason}")
    return reason


def _required() -> list[str]:
    """mypy, and what it reads types from, which is all that dotchain imports."""
    config = ConfigParser()
    config.read("setup.cfg", encoding="utf-8")
    found = config["options"]["install_requires"].split("\n")
    return ["mypy >= 2.4", "mypy-zope >= 1.0.17", "types-cffi", *filter(None, found)]


@contextmanager
def _build(*, compiled: bool, reason: str = "") -> Iterator[None]:
    """Tell C{setup.py} and setuptools how to build, by what both read from the environment."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="dotchain-") as folder:
        settings = Path(folder, "settings.cfg")
        settings.write_text(f"[build]\nbuild_base = {folder}\n", "utf-8")
        os.environ |= {VARIABLE: "01"[compiled], WHY: reason, "DIST_EXTRA_CONFIG": str(settings)}
        # The same source is to give the same library, whatever folders it was built in.
        places = (quote(f"-ffile-prefix-map={each}=.") for each in (folder, Path.cwd()))
        os.environ["CFLAGS"] = " ".join([os.environ.get("CFLAGS", ""), *places])
        try:
            yield
        finally:
            os.environ.clear()
            os.environ |= before
