"""What the lines of a list have given so far."""

from __future__ import annotations

from .namelist import NameList
from .nametext import wireOf


class Entries:
    """
    The names of a list, and those that it makes exceptions for.

    @ivar names: the names.
    @ivar allowed: the exceptions.
    @ivar line: the line that is read, from 1.
    @ivar skipped: lines that say nothing about names, or not what can be kept.
    @ivar firstSkipped: the first of these; 0 for none.
    @ivar invalid: how many of these are no lines of a list at all.
    """

    def __init__(self) -> None:
        self.names = NameList()
        self.allowed = NameList()
        self.line = 0
        self.skipped = 0
        self.firstSkipped = 0
        self.invalid = 0

    @property
    def count(self) -> int:
        """Entries taken."""
        return self.names.count + self.allowed.count

    def take(self, text: bytes, ways: int, allowed: bool = False) -> bool:
        """
        Add a name as it stands in the line.

        @param ways: see L{NameList.add<dotchain.lists.namelist.NameList.add>}.
        @return: whether it is a name.
        """
        name = wireOf(text)
        if not name:
            return False
        (self.allowed if allowed else self.names).add(name, ways, self.line)
        return True

    def takeAll(self, ways: int, allowed: bool = False) -> None:
        """Add the root, which every name is below."""
        (self.allowed if allowed else self.names).add(b"\0", ways, self.line)

    def takeExpression(self, text: bytes, allowed: bool = False) -> bool:
        """Add a regular expression; whether it can be kept."""
        try:
            (self.allowed if allowed else self.names).addExpression(text, self.line)
        except ValueError:
            return False
        return True

    def skip(self) -> None:
        """Leave out a line of the format that says nothing about names."""
        self.skipped += 1
        self.firstSkipped = self.firstSkipped or self.line

    def refuse(self) -> None:
        """Leave out a line that is none of the format."""
        self.invalid += 1
        self.skip()

    def settle(self) -> bool:
        """Put some names in their places; False where all are."""
        return self.names.settle() or self.allowed.settle()
