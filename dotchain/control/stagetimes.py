"""What each stage and upstream takes by itself, of the queries that are measured."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..clockwork import boottime
from ..contract.sectionview import Parts
from ..contract.stopwatch import Spent, Stopwatch, Timed
from ..node import Node
from ..resolver import Stage
from ..stages.behind import Behind, allBehind, partOf


class StageTimes:
    """
    Puts meters before the chains of fronts, and what stops the time before each part of them.

    A query that nobody measures costs the first a count, and each of the others a call.
    """

    def __init__(self, fronts: Parts) -> None:
        self._fronts = fronts
        self._watch = Stopwatch(boottime.now)
        self._spent: dict[int, Spent] = {}
        self._laid: list[Behind] = []

    def start(self) -> None:
        """Begin to measure."""
        seen: set[tuple[int, int]] = set()
        before, self._spent = self._spent, {}
        for _, front in self._fronts:
            for responder in front.responders.values():
                first = partOf(responder.resolver)
                self._keep(first, before)
                responder.measure(partial(self._before, part=first), self._watch)
                for each in allBehind(first) if isinstance(first, Stage) else ():
                    if (place := (id(each.before), id(each.part))) not in seen:
                        seen.add(place)
                        self._keep(each.part, before)
                        each.put(partial(self._before, part=each.part))
                        self._laid.append(each)

    def lift(self) -> None:
        """Take away what stands before the parts, some of which may be about to ask others."""
        for each in reversed(self._laid):
            each.take()
        self._laid = []

    def _keep(self, part: Any, before: dict[int, Spent]) -> None:
        """Go on with what a part has taken so far; what is gone may have had the identity of one to come."""
        self._spent.setdefault(id(part), before.get(id(part)) or Spent())

    def _before(self, next: Node, part: Any) -> Node:
        return Timed(next, self._spent.setdefault(id(part), Spent()), self._watch)

    def of(self, part: Any) -> Spent | None:
        """What a stage or an upstream took; None where nothing leads there that could be measured."""
        return self._spent.get(id(part))
