"""Which section of the INI file is behind code that runs, or that has failed."""

from __future__ import annotations

import traceback
from types import FrameType
from typing import Any

from ..culprit import note, noted
from ..resolver import Stage, Upstream
from .guard import Guard
from .sectionview import Parts


def ownerOf(frame: FrameType, parts: Parts) -> str:
    """
    The title of the section that is at work in a frame; of two that are alike both, and nothing where it
    is none.

    Compiled code has no variables that could be looked at: it is told by its module.
    """
    itself = frame.f_locals.get("self")
    if isinstance(itself, Guard):
        return itself.who
    if isinstance(itself, Stage | Upstream) and itself.section:
        # A copy, as dotchain explain makes them, is no part but has its part's section.
        return itself.section
    titles = [section.title for section, thing in parts if itself is not None and _is(thing, itself)]
    if not titles:
        module = frame.f_globals.get("__name__") or ""
        titles = [section.title for section, thing in parts if _runs(thing, module)]
    return " or ".join(dict.fromkeys(titles))


def accuseOwner(error: BaseException, parts: Parts) -> None:
    """Note on an error whose code has raised it, the innermost that is known."""
    if noted(error) is None:
        owners = (
            ownerOf(frame, parts) for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__)))
        )
        note(error, next(filter(None, owners), ""))


def _is(thing: Any, itself: object) -> bool:
    return thing is itself or getattr(thing, "core", None) is itself


def _runs(thing: Any, module: str) -> bool:
    """Whether queries of a part go through a module by the part's core, which has no other use."""
    own = type(getattr(thing, "core", None)).__module__
    package, _, last = own.rpartition(".")
    return module == own or (last == "core" and module.startswith(f"{package}."))
