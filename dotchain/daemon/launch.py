"""The start of all parts, and why one of them could not be started."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..contract.faults import BUGS, blame, fault
from .servicegroup import NotStarted

if TYPE_CHECKING:
    from ..config.tree import Tree


class CannotStart(SystemExit, Exception):
    """
    Ends the process with status 1 and without a traceback.

    An Exception too, so that twistd removes its PID file and tells the parent that waits.
    """

    def __init__(self, line: str) -> None:
        super().__init__(1)
        self.line = line

    def __str__(self) -> str:
        return self.line


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
