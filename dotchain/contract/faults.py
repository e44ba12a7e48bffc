"""Code of kinds that fails where it must not, told to the operator in one line."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import FrameType

from .sectionview import P_co, SectionView

BUGS = (Exception, SystemExit)
"""What code of a kind may raise, whoever wrote it."""


# Whose lines tell an author nothing; kinds that come with dotchain are code like his.
_MACHINERY = frozenset(("dns", "dotchain", "twisted", "zope")) | sys.stdlib_module_names
_KINDS = ("dotchain.fronts.", "dotchain.stages.", "dotchain.upstreams.")


def blame(error: BaseException) -> str:
    """An exception of someone's code in one line, with the last line of that code, if there is one."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    lines = [
        placeOf(frame, number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if _isAuthors(frame.f_globals.get("__name__") or "")
    ]
    return f"{text} ({lines[-1]})" if lines else text


def placeOf(frame: FrameType, line: int) -> str:
    """A line of code: C{quiet.py line 7}, and of a module in a package C{mypackage/stage.py line 7}."""
    package = str(frame.f_globals.get("__package__") or "")
    folders = len(package.split(".")) if package else 0
    return f"{'/'.join(Path(frame.f_code.co_filename).parts[-1 - folders :])} line {line}"


def _isAuthors(module: str) -> bool:
    return module.startswith(_KINDS) or module.partition(".")[0] not in _MACHINERY


def fault(section: SectionView[P_co], what: str, error: BaseException, key: str = "") -> P_co:
    """
    The line of a file to which the failing code belongs, and the kind whose code it is.

    @param what: what has failed, such as C{warnings()}.
    """
    return section.bug(key, f"kind {section.kind!r}: {what}: {blame(error)}")


def unusable(error: OSError) -> str:
    """Why a file can't be used, with its name where that is known."""
    why = error.strerror or blame(error)
    return f"{error.filename}: {why}" if error.filename else why
