"""Code of kinds that fails where it must not, told to the operator in one line."""

from __future__ import annotations

import traceback
from pathlib import Path

from .sectionview import P_co, SectionView

BUGS = (Exception, SystemExit)
"""What code of a kind may raise, whoever wrote it."""


def blame(error: BaseException) -> str:
    """An exception of someone's code in one line, with the line of code that raised it."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    frames = traceback.extract_tb(error.__traceback__)
    return f"{text} ({Path(frames[-1].filename).name} line {frames[-1].lineno})" if frames else text


def fault(section: SectionView[P_co], what: str, error: BaseException, key: str = "") -> P_co:
    """
    The line of a file to which the failing code belongs, and the kind whose code it is.

    @param what: what has failed, such as C{warnings()}.
    """
    return section.problem(key, f"kind {section.kind!r}: {what}: {blame(error)}")


def unusable(error: OSError) -> str:
    """Why a file can't be used, with its name where that is known."""
    why = error.strerror or blame(error)
    return f"{error.filename}: {why}" if error.filename else why
