"""The start of all parts, and why one of them could not be started."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..contract.faults import BUGS, blame, fault
from .group import NotStarted

if TYPE_CHECKING:
    from ..config.load import Tree


def obstacle(tree: Tree, start: Callable[[], object]) -> str:
    """
    Start what a daemon runs.

    @param start: starts all of it.
    @return: why that did not work, in the one line that the operator reads, or nothing.
    """
    try:
        start()
    except NotStarted as failed:
        for section, thing in [*tree.fronts, *tree.parts]:
            if thing is failed.service:
                return fault(section, "can't be started", failed.error).at(tree.file)
        return f"{tree.file}: can't be started: {blame(failed.error)}"
    except BUGS as error:
        return f"{tree.file}: can't be started: {blame(error)}"
    return ""
