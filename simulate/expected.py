"""A fleet by formulas, which takes no longer for a thousand machines than for one."""

from __future__ import annotations

from collections.abc import Iterator
from math import expm1

from .cache import AHEAD
from .flow import Flow, Names, alone, early, together
from .plan import NAME, OWN, RANDOM, Plan
from .store import GRACE
from .tally import Tally
from .zipf import Zipf

# Names that are each a group; neighbours in rank behind them that differ by less than this part are one.
_HEAD = 20
_WIDTH = 0.05
# Rounds of halving, and the most seconds that an answer is thought to stay without being asked for.
_ROUNDS = 50
_LONGEST = 1e7


def expected(plan: Plan) -> Tally:
    """What becomes of the queries of one second, on average."""
    names = [*groups(plan)]
    stays = patience(plan, names)
    tally = _sum(plan, names, stays, 1.0 if plan.prefetch else 0.0)
    most = AHEAD * plan.machines
    if tally.ahead > most:
        tally = _sum(plan, names, stays, most / tally.ahead)
    return tally


def groups(plan: Plan) -> Iterator[Names]:
    """All names but those that nobody asks for twice."""
    zipf = Zipf(plan.names, plan.skew)
    everywhere = 1 if plan.spread == NAME else plan.machines
    below = 0
    while below < plan.names:
        upTo = min(below + 1 if below < _HEAD else int(below * (1 + _WIDTH)), plan.names)
        share = zipf.share(below, upTo) * plan.popular
        yield Names(upTo - below, plan.rate * share / (upTo - below), everywhere)
        below = upTo
    if plan.own:
        count = plan.clients * OWN
        yield Names(count, plan.rate * plan.own / count, plan.machines if plan.spread == RANDOM else 1)


def patience(plan: Plan, names: list[Names]) -> float:
    """
    How many seconds an answer stays in a cache when nobody asks for it: as many as fill the cache (Che, Tung
    and Wang, Hierarchical Web Caching Systems, 2002). That is where the answer goes that was not used for
    longest; the stage C{cache} is better than that where room is scarce.
    """
    new = plan.rate * plan.once / plan.machines
    least, most = 0.0, _LONGEST
    for _ in range(_ROUNDS):
        middle = (least + most) / 2
        held = new * middle + sum(
            each.number * each.machines / plan.machines * -expm1(-each.each * middle) for each in names
        )
        least, most = (middle, most) if held < plan.answers else (least, middle)
    return most


def _sum(plan: Plan, names: list[Names], stays: float, ahead: float) -> Tally:
    """
    All names.

    @param ahead: the share of fetches ahead of time that are done.
    """
    new = plan.rate * plan.once
    shared = new * plan.shared
    tally = Tally(1.0, plan.rate, missed=new, lookups=shared, upstream=new, waited=new, puts=shared)
    for ttl in plan.ttls:
        tally.held += shared * (ttl + GRACE) / len(plan.ttls)
        for each in names:
            soon = ahead * early(each, ttl, stays)
            found = (
                together(each, ttl, stays, plan.wait, soon) if plan.shared else alone(each, ttl, stays, soon)
            )
            _add(tally, found, each.number / len(plan.ttls), ttl)
    tally.found = tally.lookups - tally.puts
    return tally


def _add(tally: Tally, flow: Flow, count: float, ttl: float) -> None:
    tally.missed += count * flow.missed
    tally.upstream += count * flow.upstream
    tally.waited += count * flow.waited
    tally.ahead += count * flow.ahead
    tally.lookups += count * flow.lookups
    if flow.lookups:
        tally.puts += count * flow.upstream
        tally.claims += count * flow.claims
        tally.held += count * min(flow.upstream * (ttl + GRACE), 1.0)
