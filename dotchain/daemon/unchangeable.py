"""What of C{[dotchain]} a running daemon can't change."""

from __future__ import annotations

from ..config.ini import Problem
from ..config.tree import Tree

_PROCESS = frozenset(("include", "drain", "dumpable", "max-in-flight", "max-backlog", "watch"))
"""The keys that a reload takes; all others are of the process, which is as it was started."""


def refusal(tree: Tree, new: Tree) -> list[Problem]:
    """What a tree that is to take the place of another one wants, and only a restart gives."""
    before, after = tree.identities["dotchain"], new.identities["dotchain"]
    differing = [key for key in after.differing(before) if key not in _PROCESS]
    section = new.process
    return [section.problem(key, "has changed, and only a restart takes that") for key in differing]
