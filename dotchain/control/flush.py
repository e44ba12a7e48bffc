"""C{flush}: forget answers that are kept."""

from __future__ import annotations

from typing import Any

from ..contract.faults import BUGS, fault
from .running import CommandError, Running


def flush(running: Running, name: str = "", below: bool = False) -> dict[str, int]:
    """
    Empty all caches, or forget one name in them, and what the fronts remember besides.

    Results of several workers become one by L{merged<dotchain.control.merge.merged>}: each
    counts what it has forgotten.

    @param name: the name to forget; without one, everything.
    @param below: and all names below it.
    @return: how many answers each stage has forgotten, by its name.
    @raise CommandError: for a name that is none, and where no stage keeps anything; where the code of one is
        wrong, behind all others.
    """
    caches = [(section, thing) for section, thing in running.tree.parts if hasattr(thing, "flush")]
    if not caches:
        raise CommandError("no stage here keeps answers")
    found: dict[str, int] = {}
    wrong: list[str] = []
    for section, cache in caches:
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


def _flush(cache: Any, name: str, below: bool) -> int:
    forgotten = cache.flush() if not name else cache.flushBelow(name) if below else cache.flush(name)
    if not isinstance(forgotten, int):
        raise TypeError(f"{forgotten!r} is no number of answers")
    return forgotten
