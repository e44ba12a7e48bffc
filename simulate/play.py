"""A fleet that is played query by query."""

from __future__ import annotations

from collections.abc import Iterable

from .cache import AHEAD, DUE, HIT, LAST, Cache
from .plan import Plan
from .store import Store, Value
from .tally import Tally
from .trace import Asked, trace

# The queries of a trace before which nothing is counted, as a part of all.
_WARM = 0.5
# The TTLs that a trace lasts for, of the longest one.
_LIVES = 2.5


class Fleet:
    """
    Machines with their caches.

    @ivar tally: what has been counted.
    """

    def __init__(self, plan: Plan, part: int = 1) -> None:
        """@param part: of how many names one is asked for (L{trace})."""
        self.tally = Tally()
        self._plan = plan
        room, ahead = plan.answers / part, AHEAD / part
        self._caches = [Cache(room, plan.prefetch, ahead) for _ in range(plan.machines)]
        self._store = Store()

    def play(self, queries: Iterable[Asked], since: float = 0.0) -> Tally:
        """
        Ask these.

        @param since: the second before which nothing is counted.
        """
        at = since
        counted = since <= 0.0
        for at, machine, name in queries:
            if not counted and at >= since:
                counted, self.tally = True, Tally()
            self._meet(self._caches[machine], at, name)
        self.tally.seconds = at - since
        self.tally.held = self._store.held(at)
        return self.tally

    def _meet(self, cache: Cache, now: float, name: int) -> None:
        self.tally.queries += 1
        found = cache.ask(name, int(now))
        if found == HIT:
            return
        if found == DUE:
            self.tally.ahead += 1
        else:
            self.tally.missed += 1
        self._fetch(cache, now, name, found == DUE)

    def _fetch(self, cache: Cache, now: float, name: int, ahead: bool) -> None:
        """Have the answer come from those who know it."""
        if not self._plan.shared:
            self._ask(cache, now, name, ahead)
            return
        self.tally.lookups += 1
        value = self._store.find(name, now)
        # What would have to be fetched anew as well is no help, but tells that others will want it.
        least = self._plan.ttl(name) // LAST if ahead else 0
        claims = value is not None and value.left(now) <= least
        if value is not None and not claims and (value.since <= now or value.claimed):
            self._find(cache, now, name, value)
            return
        came = self._ask(cache, now, name, ahead)
        self.tally.claims += claims
        self.tally.puts += 1
        self._store.put(name, Value(came, came + self._plan.ttl(name), claims))

    def _find(self, cache: Cache, now: float, name: int, value: Value) -> None:
        """Take what another machine was told, or is asking for: then the claim for it is lost."""
        if value.since > now:
            self.tally.claims += 1
            self.tally.lookups += 1
        self.tally.found += 1
        cache.put(name, int(max(now, value.since)), value.left(now))

    def _ask(self, cache: Cache, now: float, name: int, ahead: bool) -> float:
        """Ask an upstream; tells when it answers."""
        self.tally.upstream += 1
        self.tally.waited += not ahead
        came = now + self._plan.wait
        cache.put(name, int(came), self._plan.ttl(name))
        return came


def played(plan: Plan, most: int, seed: int) -> Tally:
    """
    A fleet that has been up for long, by a trace of so many queries at the most.

    @return: what is counted of all names, though the trace be of one in many.
    """
    seconds = _LIVES * max(plan.ttls)
    part = max(round(plan.rate * seconds / most), 1)
    queries = trace(plan, seconds, seed, part)
    return Fleet(plan, part).play(queries, seconds * _WARM).times(part)
