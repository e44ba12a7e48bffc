"""The queries that clients send."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import NamedTuple

from .plan import CLIENT, NAME, OWN, Plan
from .zipf import Zipf

# Queries whose names are drawn at once.
_BATCH = 1 << 14


class Asked(NamedTuple):
    """
    A query.

    @ivar at: seconds since the beginning.
    @ivar machine: which it is for, from 0 up.
    @ivar name: below C{names} of the plan it is popular, the less the more so.
    """

    at: float
    machine: int
    name: int


def trace(plan: Plan, seconds: float, seed: int, part: int = 1) -> Iterator[Asked]:
    """
    Queries in the order in which they are sent.

    With C{part} they are those for one of so many names: each of the names stands for so many neighbours in
    rank, and is asked for as often as they are on average. So a cache of that part of the size has the hit
    ratio that the whole one has (Waldspurger et al., SHARDS, FAST 2015), in that part of the time.
    """
    dice = Random(seed)
    names, clients = max(plan.names // part, 1), max(plan.clients // part, 1)
    shares = _shares(plan, names, part)
    new = count(names + clients * OWN)
    pace = part / plan.rate
    for batch in range(int(seconds / pace) // _BATCH + 1):
        for number, name in enumerate(dice.choices(range(names), cum_weights=shares, k=_BATCH)):
            at = (batch * _BATCH + number) * pace
            if at > seconds:
                return
            client, luck = int(dice.random() * clients), dice.random()
            if luck < plan.once:
                name = next(new)
            elif luck < plan.once + plan.own:
                name = names + client * OWN + int(dice.random() * OWN)
            yield Asked(at, _machine(plan, name, client, dice), name)


def _shares(plan: Plan, names: int, part: int) -> list[float]:
    """How often the names are asked for, each with all before it."""
    zipf = Zipf(plan.names, plan.skew)
    return [zipf.share(0, min((number + 1) * part, plan.names)) for number in range(names)]


def _machine(plan: Plan, name: int, client: int, dice: Random) -> int:
    if plan.spread == NAME:
        return name % plan.machines
    if plan.spread == CLIENT:
        return client % plan.machines
    return int(dice.random() * plan.machines)
