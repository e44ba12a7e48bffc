"""What became of each query that a client sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """
    The queries of one client, each of which is in one of the other three once its fate is known.

    @ivar sent: how many there were.
    @ivar answered: those with the answer that must be, by RCODE.
    @ivar excused: those without one for a reason that is known, by the reason.
    @ivar faults: all others, by what came in place of an answer.
    @ivar strays: answers that nobody waited for.
    """

    sent: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    strays: int = 0

    @property
    def open(self) -> int:
        """Queries whose fate nobody knows."""
        return self.sent - sum(fates.total() for fates in (self.answered, self.excused, self.faults))

    def add(self, other: Tally) -> None:
        """Count another's as well."""
        self.sent += other.sent
        self.answered += other.answered
        self.excused += other.excused
        self.faults += other.faults
        self.strays += other.strays
