"""What clients may take of each front, as C{dotchain check --limits} tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..config.tree import Tree
from ..fronts.effectivelimits import KEYS, effectiveLimits
from .table import table

if TYPE_CHECKING:
    from typing_extensions import Self


class Limits(NamedTuple):
    """
    The limits of all fronts.

    @ivar workers: how many processes there are, of which each has these.
    @ivar fronts: by the name of a front, its transport and the key.
    """

    workers: int
    fronts: dict[str, dict[str, dict[str, int]]]

    @classmethod
    def of(cls, tree: Tree) -> Self:
        """@param tree: of which open files are shared out already."""
        return cls(tree.share.of, {each.section.name: effectiveLimits(each.thing) for each in tree.fronts})

    @property
    def lines(self) -> list[str]:
        """A table: a line for each key, a column for each transport of a front."""
        columns = [
            (f"{front} ({transport})", limits)
            for front, transports in self.fronts.items()
            for transport, limits in transports.items()
        ]
        title = f"each of {self.workers} workers" if self.workers > 1 else ""
        head = [title, *(name for name, _ in columns)]
        rows = [[key, *(limits.get(key) for _, limits in columns)] for key in KEYS]
        return table(head, [row for row in rows if any(row[1:])])
