"""The queries that one upstream has to answer, bounded in number and in octets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..wire import Query
    from .flight import Errand


class Errands:
    """
    What an upstream holds; a silent one must not make it grow.

    @ivar octets: what all queries take.
    @ivar shed: queries that were not taken.
    """

    def __init__(self, most: int, mostOctets: int) -> None:
        """
        @param most: queries at a time.
        @param mostOctets: octets of all of them; most have a hundred, signed ones up to 64 k.
        """
        self.octets = self.shed = 0
        self._most = most
        self._mostOctets = mostOctets
        self._held: dict[Errand, None] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, errand: Errand) -> bool:
        return errand in self._held

    def takes(self, query: Query) -> bool:
        """Whether there is room for one more; where there is none, that is counted."""
        if len(self._held) < self._most and self.octets + len(query.wire) <= self._mostOctets:
            return True
        self.shed += 1
        return False

    def add(self, errand: Errand) -> None:
        """Hold one."""
        self.octets += len(errand.query.wire)
        self._held[errand] = None

    def finish(self, errand: Errand) -> bool:
        """
        One is answered, or has failed.

        @return: False where it was already, or is a trial.
        """
        errand.done = True
        if errand not in self._held:
            return False
        self.octets -= len(errand.query.wire)
        del self._held[errand]
        return True

    def due(self, now: float) -> list[Errand]:
        """Those that something must be done about now, oldest first."""
        return [errand for errand in self._held if errand.moveAt <= now]

    def all(self) -> list[Errand]:
        """All of them, oldest first."""
        return list(self._held)
