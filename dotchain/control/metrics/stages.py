"""Metrics of stages: whatever counters they declare, those of operators' own, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...stages.cache.stage import Cache
from ..counters import Count, counters
from ..measuring import Measuring
from ..running import TreeView
from .family import COUNTER, GAUGE, MAX, SUMMARY, Family, Sample

_STAGE = ("stage", "kind")

DECISIONS = Family(
    "dotchain_stage_decisions",
    COUNTER,
    "Queries that a stage decided: answered, refused, changed or sent elsewhere.",
    _STAGE,
)
ERRORS = Family("dotchain_stage_errors", COUNTER, "Queries that a stage failed.", _STAGE)
OVER_BUDGET = Family(
    "dotchain_stage_over_budget", COUNTER, "Queries for which a stage took longer than its budget.", _STAGE
)
BYPASSED = Family(
    "dotchain_stage_bypassed", COUNTER, "Queries that went past a stage because it keeps failing.", _STAGE
)
EVENTS = Family(
    "dotchain_stage_events",
    COUNTER,
    "What else a stage counts, by the name of its counter.",
    (*_STAGE, "event"),
)
STATE = Family(
    "dotchain_stage_state",
    GAUGE,
    "What a stage tells of how it is now, such as the names of its lists; of workers the most.",
    (*_STAGE, "value"),
    MAX,
)
SELF = Family(
    "dotchain_stage_self_seconds",
    SUMMARY,
    "Seconds that a stage takes by itself, without those that it asks, of one query in 64 of the chain.",
    _STAGE,
)
CACHE_ENTRIES = Family("dotchain_cache_entries", GAUGE, "Answers that are kept.", ("stage",))
CACHE_SIZE = Family("dotchain_cache_size_bytes", GAUGE, "Octets that they take.", ("stage",))
CACHE_LIMIT = Family("dotchain_cache_limit_bytes", GAUGE, "Octets that they may take.", ("stage",))
CACHE_HITS = Family(
    "dotchain_cache_hits", COUNTER, "Queries answered from what is kept and alive.", ("stage",)
)
CACHE_MISSES = Family("dotchain_cache_misses", COUNTER, "Queries that had to be asked.", ("stage",))
CACHE_STALE = Family(
    "dotchain_cache_stale_answers", COUNTER, "Queries answered from what is past its TTL.", ("stage",)
)
CACHE_PREFETCHES = Family(
    "dotchain_cache_prefetches", COUNTER, "Answers fetched anew ahead of their end.", ("stage",)
)
CACHE_EVICTIONS = Family(
    "dotchain_cache_evictions", COUNTER, "Answers that made room for others.", ("stage",)
)

FAMILIES = (
    *(DECISIONS, ERRORS, OVER_BUDGET, BYPASSED, EVENTS, STATE, SELF, CACHE_ENTRIES, CACHE_SIZE, CACHE_LIMIT),
    *(CACHE_HITS, CACHE_MISSES, CACHE_STALE, CACHE_PREFETCHES, CACHE_EVICTIONS),
)

_CACHE = {
    "entries": CACHE_ENTRIES,
    "octets": CACHE_SIZE,
    "hits": CACHE_HITS,
    "misses": CACHE_MISSES,
    "stale-answers": CACHE_STALE,
    "prefetches": CACHE_PREFETCHES,
    "evictions": CACHE_EVICTIONS,
}
_NAMED = {
    "decided": DECISIONS,
    "answered": DECISIONS,
    "errors": ERRORS,
    "over-budget": OVER_BUDGET,
    "bypassed": BYPASSED,
}
# Counters that go down, too.
_STATES = frozenset(("entries", "names", "octets", "oldest-seconds", "records", "serial"))
# Things that one counter tells apart, which a stage of an operator's own may make of names.
_MOST = 64


def samples(tree: TreeView, measuring: Measuring | None) -> Iterator[Sample]:
    """What all stages have to tell; several uses of one section are one."""
    failed = {id(each.part): counters(each) for each in tree.standIns}
    for section, thing in tree.parts:
        if section.role == "stage":
            yield SELF, (section.name, section.kind), spent(measuring, thing)
            found = {**failed.get(id(thing), {}), **counters(thing)}
            if isinstance(thing, Cache):
                yield CACHE_LIMIT, (section.name,), thing.size
                yield from _cache(section.name, found)
                found = {key: value for key, value in found.items() if key not in _CACHE}
            yield from _stage((section.name, section.kind), found)


def spent(measuring: Measuring | None, thing: Any) -> dict[str, Any] | None:
    """What a part has taken by itself; None for one before which no time is stopped."""
    found = None if measuring is None else measuring.stages.of(thing)
    return None if found is None else {"counts": [found.queries], "sum": found.seconds}


def _cache(name: str, found: Mapping[str, Count]) -> Iterator[Sample]:
    for key, family in _CACHE.items():
        value = found.get(key)
        yield family, (name,), value if isinstance(value, (int, float)) else None


def _stage(labels: tuple[str, str], found: Mapping[str, Count]) -> Iterator[Sample]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _several(labels, key, value)
        elif value is not None and key in _NAMED:
            yield _NAMED[key], labels, value
        elif value is not None:
            yield STATE if key in _STATES else EVENTS, (*labels, key), value


def _several(labels: tuple[str, str], key: str, found: Mapping[Any, Any]) -> Iterator[Sample]:
    """A counter that tells several things apart, as long as they are few."""
    family = STATE if key in _STATES else EVENTS
    numbers = {str(name): each for name, each in found.items() if isinstance(each, (int, float))}
    if len(numbers) > _MOST:
        yield family, (*labels, key), sum(numbers.values())
        return
    for name, each in numbers.items():
        yield family, (*labels, f"{key} {name}"), each
