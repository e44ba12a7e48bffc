"""How long, how often, how much, and whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .candidate import BEFORE, isCompiled, isOwn

SECONDS = 5.0
SOAK_SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    """
    What the options say.

    @ivar seconds: of each run; 0 for a minute of those that look for what grows, and 5 seconds of all others.
    @ivar rate: queries a second at the most; 0 for as many as are answered.
    @ivar peers: labels of the peers that take part; empty for all. dotchain always does.
    @ivar threads: pairs of threads of dnsperf.
    @ivar names: how many names fill the caches whose memory is measured.
    @ivar compiled: a checkout or an installation that is compiled, to take part too.
    @ivar before: another checkout, to take part too.
    @ivar most: no other number of names or connections is higher.
    """

    seconds: float = 0
    rounds: int = 3
    rate: int = 0
    peers: tuple[str, ...] = ()
    threads: int = 1
    names: int = 100_000
    compiled: Path | None = None
    before: Path | None = None
    most: int = 1_000_000

    def lasts(self, usual: float = SECONDS) -> float:
        """Seconds of a run that usually takes so long."""
        return self.seconds or usual

    def count(self, usual: int) -> int:
        """So many names or connections, or as many as there may be."""
        return min(usual, self.most)

    def wants(self, label: str) -> bool:
        """Whether it takes part."""
        if isCompiled(label):
            return self.compiled is not None
        if label == BEFORE:
            return self.before is not None
        return isOwn(label) or not self.peers or label in self.peers


QUICK = Plan(seconds=0.2, rounds=1, names=200, most=20)
"""Whether all works, in little time; its figures mean nothing."""
