"""What was flushed, and when: values that were put before are as good as not there."""

from __future__ import annotations

from typing import ClassVar


class Flushed:
    """
    The moments of flushes, in milliseconds since 1970.

    @ivar everything: the last one of all names; 0 for never.
    @ivar count: how many there were: who began to ask before one must not put what he gets.
    """

    # Flushes of single names that are told apart; with more, the oldest are for all names.
    MOST: ClassVar[int] = 1000

    def __init__(self, life: int) -> None:
        """@param life: milliseconds that a value is kept at most: older flushes are of no use."""
        self.everything = 0
        self.count = 0
        self._life = life
        # By the name in wire form, and in lower case.
        self._names: dict[bytes, int] = {}
        self._below: dict[bytes, int] = {}

    def since(self, key: bytes) -> int:
        """
        The last one that was about a question.

        @param key: its L{Query.key<dotchain.wire.query.Query>}.
        """
        if not self._names and not self._below:
            return self.everything
        name = key[:-6]
        found = max(self.everything, self._names.get(name, 0))
        if self._below:
            offset = 0
            while offset < len(name):
                found = max(found, self._below.get(name[offset:], 0))
                offset += name[offset] + 1
        return found

    def all(self, at: int) -> None:
        """All names are flushed."""
        self.count += 1
        self.everything = max(self.everything, at)
        self._forget(self.everything)

    def one(self, name: bytes, below: bool, at: int) -> None:
        """
        One name is flushed.

        @param name: in wire form, in lower case.
        @param below: and all names below it.
        """
        self.count += 1
        table = self._below if below else self._names
        # What was flushed last stands last.
        at = max(at, table.pop(name, 0))
        table[name] = at
        self._forget(at - self._life)
        for each in (self._names, self._below):
            if len(each) > self.MOST:
                self.everything = max(self.everything, each.pop(next(iter(each))))

    def _forget(self, before: int) -> None:
        """Leave out what is of no use any more."""
        for each in (self._names, self._below):
            for name in [name for name, at in each.items() if at <= before]:
                del each[name]
