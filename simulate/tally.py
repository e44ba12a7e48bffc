"""What is counted of a fleet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Tally:
    """
    What became of queries.

    @ivar seconds: how long it was counted for.
    @ivar queries: all that clients sent.
    @ivar missed: those that their machine's cache could not answer.
    @ivar ahead: names that caches fetched anew before their time was over.
    @ivar lookups: names that were looked for in what the machines share.
    @ivar found: those that were there.
    @ivar upstream: queries to upstreams.
    @ivar waited: those among them that a client waited for.
    @ivar puts: answers that were put where the machines share them.
    @ivar claims: names that were claimed there, so that others don't ask for them as well, or could not be.
    @ivar held: how many of those answers were there in the end.
    """

    seconds: float = 0.0
    queries: float = 0.0
    missed: float = 0.0
    ahead: float = 0.0
    lookups: float = 0.0
    found: float = 0.0
    upstream: float = 0.0
    waited: float = 0.0
    puts: float = 0.0
    claims: float = 0.0
    held: float = 0.0

    @property
    def hits(self) -> float:
        """The share of queries that their machine's cache answered."""
        return 1.0 - self.missed / self.queries if self.queries else 0.0

    @property
    def spared(self) -> float:
        """The share of queries for which no client waited for an upstream."""
        return 1.0 - self.waited / self.queries if self.queries else 0.0

    def each(self, count: float) -> float:
        """A count a second."""
        return count / self.seconds if self.seconds else 0.0

    def times(self, factor: float) -> Tally:
        """The same of so many times as many queries in the same time."""
        return Tally(self.seconds, *(count * factor for count in [*vars(self).values()][1:]))
