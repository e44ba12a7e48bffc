"""What becomes of the queries for one name, whose times are those of Poisson."""

from __future__ import annotations

from math import exp, expm1
from typing import NamedTuple

from .store import GRACE

# As in dotchain/stages/cache: the part of a life behind which a name may be fetched anew, and in how many
# seconds before it must have been asked for besides the first.
_EARLY = 0.9
_HOT = 3
# Lives begin with the second in which an answer came, so that they are shorter by half a second.
_BEGUN = 0.5


class Names(NamedTuple):
    """
    Names that are alike.

    @ivar number: how many.
    @ivar rate: queries a second for each.
    @ivar machines: how many machines are asked for it.
    """

    number: float
    rate: float
    machines: int

    @property
    def each(self) -> float:
        """Queries a second for each on one machine."""
        return self.rate / self.machines


class Flow(NamedTuple):
    """
    What becomes of one name in a second, on all machines.

    @ivar missed: queries that caches can't answer.
    @ivar upstream: queries to upstreams.
    @ivar waited: those that a client waits for.
    @ivar ahead: fetches before its time is over.
    @ivar lookups: how often it is looked for in what is shared.
    @ivar claims: how often it is claimed there.
    """

    missed: float
    upstream: float
    waited: float
    ahead: float
    lookups: float
    claims: float


def alone(name: Names, ttl: float, stays: float, soon: float) -> Flow:
    """
    Where each machine asks upstream by itself.

    @param stays: how many seconds an answer stays when nobody asks for it.
    @param soon: the probability that it is fetched anew on one machine before its time is over.
    """
    life = ttl - _BEGUN
    hits = name.each * min(life, stays)
    if life > stays:
        # Kept beyond, if it was asked for by then.
        hits -= name.each * expm1(-name.each * stays) * _until(name.each, stays, life - stays)
    cycle = (1 - soon) * (1 + hits) / name.each + soon * _ahead(name.each, life)
    missed = name.machines * (1 - soon) / cycle
    return Flow(missed, name.machines / cycle, missed, name.machines * soon / cycle, 0.0, 0.0)


def together(name: Names, ttl: float, stays: float, wait: float, soon: float) -> Flow:
    """
    Where what one machine was told is shared.

    @param wait: seconds until an upstream has answered.
    """
    life, others = ttl - _BEGUN, name.machines - 1
    anyone = 1 - (1 - soon) ** name.machines
    lasts = (1 - anyone) * life + anyone * _ahead(name.rate, life)
    cycle = lasts + (1 - anyone) / name.rate
    # Nobody claims what was not asked for in time; others ask while the first one waits.
    new = (1 - anyone) * exp(-name.rate * GRACE)
    waited = 1 - anyone - new * others * expm1(-name.each * wait)
    lookups = 1 - others * expm1(-name.each * lasts)
    if life > stays:
        # Those who had it, and have it no more.
        left = name.each * (life - stays)
        lookups += name.machines * exp(-name.each * stays) * (left + expm1(-left))
    missed = lookups * (1 - soon)
    counts = (missed, anyone + waited, waited, lookups - missed, lookups, 1 - new)
    return Flow(*(count / cycle for count in counts))


def early(name: Names, ttl: float, stays: float) -> float:
    """The probability that a name is fetched anew on one machine before its time is over."""
    if ttl < 1 / (1 - _EARLY):
        return 0.0
    # Seconds in which it is asked for.
    seconds = -expm1(-name.each) * ttl
    before = seconds * _EARLY
    few = exp(-before) * (1 + before + before * before / 2)
    return (1 - few) * -expm1(-seconds * (1 - _EARLY)) * _stays(name.each, ttl, stays)


def _stays(rate: float, ttl: float, stays: float) -> float:
    """The probability that a name is kept to its end, though it goes when it isn't asked for."""
    gap = exp(-rate * stays)
    return 1.0 if ttl <= stays else (1 - gap) * exp(-rate * gap * (ttl - stays))


def _until(rate: float, stays: float, left: float) -> float:
    """The seconds of those that are left in which a name is kept that goes when it isn't asked for."""
    goes = rate * exp(-rate * stays)
    return -expm1(-goes * left) / goes if goes else left


def _ahead(rate: float, life: float) -> float:
    """When it is fetched anew, if it is."""
    return life * _EARLY + min(1 / rate, life * (1 - _EARLY) / 2)
