"""What the parts of a daemon warn of, as that comes and goes."""

from __future__ import annotations

from pathlib import Path

from ..config.ini import Problem
from ..config.load import warningsOf
from ..config.tree import Tree


class Warned:
    """Knows which warnings were told already: at the start, or after the last reload."""

    def __init__(self, tree: Tree) -> None:
        """@param tree: as it was loaded; its own warnings are told at the start."""
        self._tree = tree
        self._told = _words(tree.warnings)

    def again(self) -> list[Problem]:
        """Ask all parts anew; the warnings that there were none of the last time."""
        found = warningsOf(self._tree)
        before, self._told = self._told, _words(found)
        return [each for each in found if each._replace(line=0) not in before]


def _words(warnings: list[Problem]) -> frozenset[Problem]:
    """Them, wherever they stand: a section that has moved is no news."""
    return frozenset(each._replace(line=0) for each in warnings)


def lines(news: list[Problem], file: Path | str) -> list[str]:
    """What is told of them, with the name of the INI file."""
    return [each._replace(text=f"warning: {each.text}").at(str(file)) for each in news]
