"""Folders that last as long as a test."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase


def folder(case: SynchronousTestCase) -> Path:
    """A new folder that goes with the test."""
    made = TemporaryDirectory()
    case.addCleanup(made.cleanup)
    return Path(made.name)


def written(case: SynchronousTestCase, text: str, name: str = "f.ini") -> Path:
    """A file with this text in a new folder."""
    file = folder(case) / name
    file.write_text(text, "utf-8")
    return file
