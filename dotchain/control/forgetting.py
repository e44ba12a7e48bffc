"""This process forgets answers that it keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract.faults import BUGS, fault
from .running import CommandError, Running


def forget(
    running: Running, name: str, below: bool, wanted: Callable[[Any], bool] = lambda _: True
) -> dict[str, int]:
    """
    Empty all caches, or forget one name in them, and what the fronts remember besides.

    @param name: the name to forget; without one, everything.
    @param below: and all names below it.
    @param wanted: tells of a stage that keeps answers whether it is to forget.
    @return: how many answers each stage has forgotten, by its name.
    @raise CommandError: for a name that is none, and where no stage keeps anything; where the code of one is
        wrong, behind all others.
    """
    parts = running.tree.parts
    caches = [(section, thing) for section, thing in parts if hasattr(thing, "flush")]
    if not caches and not sharing(running):
        raise CommandError("no stage here keeps answers")
    found: dict[str, int] = {}
    wrong: list[str] = []
    for section, cache in caches:
        if not wanted(cache):
            continue
        try:
            found[section.name] = found.get(section.name, 0) + _flush(cache, name, below)
        except ValueError as error:
            raise CommandError(str(error)) from None
        except BUGS as error:
            wrong.append(fault(section, "flush", error).at(str(running.file)))
    for _, front in running.tree.fronts:
        front.forget()
    if wrong:
        raise CommandError("\n".join(wrong))
    return found


def sharing(running: Running) -> dict[str, Any]:
    """
    The stages that share answers with other machines, by their sections.

    One that is used twice has two stages and one server: either speaks for both.
    """
    return {section.name: thing for section, thing in running.tree.parts if hasattr(thing, "flushEverywhere")}


def disregard(running: Running, name: str, below: bool) -> None:
    """
    Have those stages find nothing more of what was put before: for this process alone.

    @raise CommandError: for a name that is none.
    """
    try:
        for _, thing in running.tree.parts:
            if hasattr(thing, "disregard"):
                thing.disregard(name, below)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _flush(cache: Any, name: str, below: bool) -> int:
    forgotten = cache.flush() if not name else cache.flushBelow(name) if below else cache.flush(name)
    if not isinstance(forgotten, int):
        raise TypeError(f"{forgotten!r} is no number of answers")
    return forgotten
