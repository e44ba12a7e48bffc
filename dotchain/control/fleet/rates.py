"""How much of what there is a second, as one process tells the other machines."""

from __future__ import annotations

from collections.abc import Callable

from ...clockwork import boottime
from ...stages.cache.stage import Cache
from ..running import TreeView
from .place import sharing

KEYS = ("queries", "failed", "hits", "misses", "found", "missed")
"""Of all fronts, of all caches, and what was and was not found where all share."""


def counted(tree: TreeView) -> dict[str, int]:
    """These counters since the start."""
    fronts = [each.counts for _, front in tree.fronts for each in front.responders.values()]
    caches = [thing for _, thing in tree.parts if isinstance(thing, Cache)]
    shared = [stage for _, stage in sharing(tree.parts)]
    return {
        "queries": sum(each.queries for each in fronts),
        "failed": sum(each.failed for each in fronts),
        "hits": sum(each.hits for each in caches),
        "misses": sum(each.misses for each in caches),
        "found": sum(each.hits for each in shared),
        "missed": sum(each.misses for each in shared),
    }


class Rates:
    """What has happened a second since it was asked last."""

    def __init__(self, now: Callable[[], float] = boottime.now) -> None:
        """@param now: a clock."""
        self._now = now
        self._at = 0.0
        self._counts: dict[str, int] = {}

    def take(self, tree: TreeView) -> dict[str, float]:
        """
        Those of a tree.

        A section that a reload has changed counts from 0: what was more before is not known at first.
        """
        at, counts = self._now(), counted(tree)
        passed, before = at - self._at, self._counts
        self._at, self._counts = at, counts
        return {
            key: round((value - before[key]) / passed, 3)
            for key, value in counts.items()
            if passed > 0 and value >= before.get(key, value + 1)
        }
