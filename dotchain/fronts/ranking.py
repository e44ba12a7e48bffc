"""Who has the most of something, known at once, however many there are."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Ranking(Generic[T]):
    """
    Those who have any, by how many.

    @ivar most: what the first one has.
    """

    def __init__(self) -> None:
        self.most = 0
        self._by: dict[int, dict[T, None]] = {}

    def gain(self, who: T, has: int) -> None:
        """Somebody has got one more: so many now."""
        if has > 1:
            self._leave(who, has - 1)
        self._by.setdefault(has, {})[who] = None
        self.most = max(self.most, has)

    def lose(self, who: T, has: int) -> None:
        """Somebody has one less: so many now."""
        self._leave(who, has + 1)
        if has:
            self._by.setdefault(has, {})[who] = None
        if self.most not in self._by:
            # It was the only one who had as many.
            self.most = has

    def _leave(self, who: T, had: int) -> None:
        alike = self._by[had]
        del alike[who]
        if not alike:
            del self._by[had]

    @property
    def first(self) -> T:
        """One of those who have the most; KeyError where nobody has any."""
        return next(iter(self._by[self.most]))
