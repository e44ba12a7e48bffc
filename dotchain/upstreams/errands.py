"""The queries that one upstream has to answer, bounded in number and in octets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

    def add(self, errand: Errand) -> bool:
        """
        Hold one more.

        @return: whether there was room for it; where there was none, that is counted.
        """
        octets = self.octets + len(errand.query.wire)
        if len(self._held) >= self._most or octets > self._mostOctets:
            self.shed += 1
            return False
        self.octets = octets
        self._held[errand] = None
        return True

    def finish(self, errand: Errand) -> bool:
        """
        One is answered, or has failed.

        @return: False where it was already, or is a trial.
        """
        errand.done = True
        if self._held.pop(errand, self) is not None:
            return False
        self.octets -= len(errand.query.wire)
        return True

    def due(self, now: float) -> list[Errand]:
        """Those that something must be done about now, oldest first."""
        return [errand for errand in self._held if errand.moveAt <= now]

    def all(self) -> list[Errand]:
        """All of them, oldest first."""
        return list(self._held)
