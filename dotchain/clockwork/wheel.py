"""Many things, each with a time, of which few are due at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class TimingWheel(Generic[T]):
    """
    Things in slots by their time, so that a look passes over those that are not due without a touch.

    One after the other, a look at 4,500 queries to find the 100 of them that are due takes 0.4 ms, for
    which others wait.
    """

    def __init__(self, width: float, at: Callable[[T], float]) -> None:
        """
        @param width: seconds of a slot.
        @param at: the time of a thing. Where that becomes earlier the thing is put again; where it
            becomes later nothing needs to be done.
        """
        self._width = width
        self._at = at
        self._slots: dict[int, dict[T, None]] = {}
        self._numbers: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def put(self, item: T) -> None:
        """Take it, or find a new slot for it."""
        if item in self._numbers:
            self.discard(item)
        number = int(self._at(item) / self._width)
        self._numbers[item] = number
        self._slots.setdefault(number, {})[item] = None

    def discard(self, item: T) -> None:
        """Forget it, if it is there."""
        number = self._numbers.pop(item, None)
        if number is not None:
            slot = self._slots[number]
            del slot[item]
            if not slot:
                del self._slots[number]

    def due(self, now: float) -> list[T]:
        """Those whose time has come, nearly in its order. They stay here, and so are found again."""
        found = []
        last = int(now / self._width)
        for number in sorted(number for number in self._slots if number <= last):
            for item in list(self._slots[number]):
                if self._at(item) <= now:
                    found.append(item)
                elif number < last:
                    self.put(item)
        return found
