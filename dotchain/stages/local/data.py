"""Names with records of their own, and zones, found by name."""

from __future__ import annotations

from typing import Final

_ROOT: Final = b"\0"

Records = tuple[bytes, ...]
"""
Records of one name as they stand on the wire behind their owner. No name in them is compressed, so that they
fit behind every question.
"""


class LocalData:
    """
    What is answered here. It is never changed: files that are read anew make another one.

    A name of somebody else's costs one look-up where there are only names; with zones and wildcards two
    more, or one for each label where its last two letters are those of one of them.

    @ivar names: the records of names, which are in wire form and lower case as all are here.
    @ivar above: zones, each by what finds its answers, by their names; and L{Records} of wildcards, by
        the name that these are for all names below of.
    """

    def __init__(self, names: dict[bytes, Records], above: dict[bytes, object]) -> None:
        self.names = names
        self.above = above
        self._ends = {name[-3:] for name in above}
        self._all = _ROOT in above

    def find(self, name: bytes) -> object | None:
        """Records of a name, its own or those of a wildcard, or what finds its zone's answers; or None."""
        found = self.names.get(name)
        if found is not None:
            return found
        if name[-3:] in self._ends or self._all:
            holder = self.holder(name)
            return None if holder is None else self.above[holder]
        return None

    def holder(self, name: bytes) -> bytes | None:
        """The name, among L{above}, of the longest zone that it is in or wildcard that it is below of."""
        above = self.above
        offset = 0
        while True:
            suffix = name[offset:]
            found = above.get(suffix)
            if found is not None and (offset or not isinstance(found, tuple)):
                return suffix
            length = name[offset]
            if not length:
                return None
            offset += length + 1
