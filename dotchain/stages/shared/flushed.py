"""What was flushed, and which shared values are from before."""

from __future__ import annotations

from typing import Final

# What a key has behind the name: type, class, DO and CD.
_BEHIND: Final = 6
EVERYTHING: Final = b"\0"
"""The root, below which all names are."""


class Flushed:
    """
    The names that were flushed, each with the moment up to which values are void.

    There are two kinds of moments. A flush of all machines has its place in the order in which the server
    took them, a L{generation}; a value carries the last one that its machine knew when it asked for the
    answer, so that neither clocks that differ nor a machine that hears late bring anything back. A flush of
    this machine alone has no place in that order: values are held against its wall clock.

    @ivar generation: the last one that is known here: read when an answer is asked for, and put with it.
    @ivar current: whether all flushes of others are known; until then no value is to be taken.
    @ivar count: how many flushes there were: an answer that was asked for before one is not put at all.
    """

    def __init__(self) -> None:
        self.generation = 0
        self.current = True
        self.count = 0
        self._everywhere = Marks()
        self._here = Marks()

    def voids(self, key: bytes, generation: int, time: int) -> bool:
        """
        Whether a value was flushed.

        @param key: the query's, not that of the server.
        @param generation: what the value was put with.
        @param time: when it was put, in milliseconds.
        """
        if generation >= self._everywhere.newest and time >= self._here.newest:
            return False
        name = key[:-_BEHIND]
        return self._everywhere.covers(name, generation) or self._here.covers(name, time)

    def everywhere(self, name: bytes, below: bool, generation: int) -> None:
        """
        All machines have flushed.

        @param name: in wire form and lower case.
        @param below: and all names below it; of the root that is everything.
        @param generation: the place of this flush.
        """
        self.count += 1
        self.generation = max(self.generation, generation)
        self._everywhere.mark(name, below, generation)

    def here(self, name: bytes, below: bool, time: int) -> None:
        """The same of this machine alone: values are void that were put before this time in milliseconds."""
        self.count += 1
        self._here.mark(name, below, time)

    def expire(self, generation: int, time: int) -> None:
        """Forget flushes of before: no value is left that is so old."""
        self._everywhere.expire(generation)
        self._here.expire(time)


class Marks:
    """
    Moments by name. Beyond L{MOST} of them the oldest become one for everything: rather a value too
    many is void than one too few.

    @ivar newest: the last of all moments.
    """

    MOST: Final = 1000

    def __init__(self) -> None:
        self.newest = 0
        self._everything = 0
        self._names: dict[bytes, int] = {}
        self._below: dict[bytes, int] = {}

    def covers(self, name: bytes, moment: int) -> bool:
        """Whether a value of this name and moment is void."""
        if moment < self._everything or moment < self._names.get(name, 0):
            return True
        if not self._below:
            return False
        at = 0
        while at < len(name):
            if moment < self._below.get(name[at:], 0):
                return True
            at += name[at] + 1
        return False

    def mark(self, name: bytes, below: bool, moment: int) -> None:
        """Values of a name are void that are of before."""
        self.newest = max(self.newest, moment)
        if below and name == EVERYTHING:
            self._everything = max(self._everything, moment)
            # What was flushed before is flushed with everything else.
            self.expire(self._everything + 1)
            return
        table = self._below if below else self._names
        table[name] = max(moment, table.pop(name, 0))
        if len(table) > self.MOST:
            oldest = min(table.values())
            self._everything = max(self._everything, oldest)
            self.expire(oldest + 1)

    def expire(self, moment: int) -> None:
        """Forget what is of before."""
        for table in (self._names, self._below):
            for name in [name for name, at in table.items() if at < moment]:
                del table[name]
