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
    @ivar moments: when those were, by the same, in seconds since the first query.
    @ivar strays: answers that nobody waited for.
    """

    sent: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    moments: dict[str, list[float]] = field(default_factory=dict)
    strays: int = 0

    def fail(self, why: str, moment: float) -> None:
        """One has something in place of an answer."""
        self.faults[why] += 1
        self.moments.setdefault(why, []).append(moment)

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
        for why, moments in other.moments.items():
            self.moments[why] = sorted([*self.moments.get(why, []), *moments])
        self.strays += other.strays
