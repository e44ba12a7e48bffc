"""A fleet, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

RANDOM, CLIENT, NAME = "random", "client", "name"
"""How queries are spread over machines: each anywhere, by the client's address, by the name asked for."""

SPREADS = (RANDOM, CLIENT, NAME)

OWN = 10
"""Names that a client asks for and nobody else does."""

# Octets that an answer takes in a stage C{cache}, as docs/kinds/cache.rst has it: 110,000 in 64M.
_ANSWER = 610


@dataclass(frozen=True)
class Plan:
    """
    What is to be told of.

    @ivar machines: how many there are.
    @ivar rate: queries a second of all clients together.
    @ivar names: how many names everybody asks for.
    @ivar skew: the exponent of Zipf's law, by which the one at rank n is asked for in proportion to n^-skew.
    @ivar ttls: the TTLs of answers in seconds, each as often as the others.
    @ivar size: octets of the cache of each machine.
    @ivar spread: one of L{SPREADS}.
    @ivar clients: how many there are.
    @ivar own: the share of queries for names that only their client asks for, L{OWN} each.
    @ivar once: the share of queries for names that nobody asks for twice.
    @ivar wait: seconds until an upstream has answered.
    @ivar shared: whether the machines have a stage C{shared} behind their caches.
    @ivar prefetch: whether the caches fetch names in use anew before their time is over.
    """

    machines: int = 4
    rate: float = 20_000.0
    names: int = 1_000_000
    skew: float = 0.9
    ttls: tuple[int, ...] = (60, 300, 3600)
    size: int = 64 << 20
    spread: str = CLIENT
    clients: int = 20_000
    own: float = 0.05
    once: float = 0.02
    wait: float = 0.03
    shared: bool = True
    prefetch: bool = True

    @property
    def answers(self) -> int:
        """How many the cache of each machine has room for."""
        return max(self.size // _ANSWER, 1)

    @property
    def popular(self) -> float:
        """The share of queries for names that everybody asks for."""
        return 1.0 - self.own - self.once

    def wrong(self) -> str | None:
        """What can't be."""
        counts = (self.machines, self.rate, self.names, self.size, self.clients, self.skew)
        if min(counts) <= 0:
            return "machines, rate, names, skew, size and clients are more than 0"
        if min(self.own, self.once) < 0 or self.own + self.once >= 1:
            return "own and once are shares of all queries: from 0 up, and together less than 1"
        return None

    def ttl(self, name: int) -> int:
        """The TTL of a name: one of L{ttls}, whatever its rank is."""
        return self.ttls[(name * _MIXER >> 16 & 0xFFFF) * len(self.ttls) >> 16]

    def having(self, machines: int, shared: bool) -> Plan:
        """The same of another fleet."""
        return replace(self, machines=machines, shared=shared)


# By which names that follow one another have TTLs that don't (Knuth's multiplicative hash).
_MIXER = 2654435761
