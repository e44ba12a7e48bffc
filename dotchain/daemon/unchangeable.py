"""What of a configuration a running daemon can't change."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.build import Part
from ..config.ini import Problem
from ..config.load import Tree

_PROCESS = frozenset(("include", "drain", "max-in-flight", "max-backlog", "watch"))
"""The keys that a reload takes; all others are of the process, which is as it was started."""


def refusal(tree: Tree, new: Tree) -> list[Problem]:
    """What a tree that is to take the place of another one wants, and only a restart gives."""
    before, after = tree.identities["dotchain"], new.identities["dotchain"]
    differing = [key for key in after.differing(before) if key not in _PROCESS]
    section = new.process
    wrong = [section.problem(key, "has changed, and only a restart takes that") for key in differing]
    return wrong + (_elsewhere(tree, new) if tree.share.of > 1 else [])


def _elsewhere(tree: Tree, new: Tree) -> list[Problem]:
    """Fronts that listen elsewhere: several workers have the sockets that they were started with."""
    why = "and with several workers only a restart takes that"
    before = {part.section.title: part.thing.listen for part in tree.fronts}
    after = {part.section.title for part in new.fronts}
    wrong = [
        part.section.problem("listen", f"{_what(part, before)}, {why}")
        for part in new.fronts
        if before.get(part.section.title) != part.thing.listen
    ]
    gone = [title for title in before if title not in after]
    return wrong + [new.process.problem("", f"[{title}] is gone, {why}") for title in gone]


def _what(part: Part, before: Mapping[str, object]) -> str:
    return "has changed" if part.section.title in before else "is new"
