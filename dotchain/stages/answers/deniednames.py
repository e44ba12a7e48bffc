"""Names that must not stand in an answer, found a label at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...match.names import BELOW, EXACTLY, NameWord
from .reason import Reason

if TYPE_CHECKING:
    from ...match.listed import ListWord


class DeniedNames:
    """
    Some names, each alone, with what is below it, or only that, and lists of names.

    @ivar any: whether there are any.
    """

    def __init__(self, names: Iterable[tuple[NameWord, Reason]] = (), lists: Iterable[ListWord] = ()) -> None:
        """@param names: of two equal ones the first counts."""
        self._lists = tuple(lists)
        # Those that are meant themselves, and those of which what is below them is meant.
        self._own: dict[bytes, Reason] = {}
        self._above: dict[bytes, Reason] = {}
        for word, reason in names:
            if word.way != BELOW:
                self._own.setdefault(word.name, reason)
            if word.way != EXACTLY:
                self._above.setdefault(word.name, reason)
        self.any = bool(self._own or self._above or self._lists)

    def find(self, name: bytes) -> Reason | None:
        """
        What stands for a name, or None.

        @param name: in wire form, in whatever case.
        """
        name = name.lower()
        found = self._own.get(name)
        above = self._above
        offset = 0
        while found is None and above and (length := name[offset]):
            offset += length + 1
            found = above.get(name[offset:])
        return found if found is not None or not self._lists else self._listed(name)

    def _listed(self, name: bytes) -> Reason | None:
        for each in self._lists:
            line = each.find(name)
            if line:
                return Reason(f"{each.text} line {line}")
        return None
