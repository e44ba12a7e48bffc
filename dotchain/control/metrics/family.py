"""Families of metrics: their names, what they mean, and how those of several workers become one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

COUNTER, GAUGE, HISTOGRAM, SUMMARY = "counter", "gauge", "histogram", "summary"

SUM, MAX, MIN = "sum", "max", "min"

Value = float | dict[str, Any]
"""A number; of a histogram what its L{tell<dotchain.clockwork.histogram.Histogram.tell>} says."""


class Family(NamedTuple):
    """
    One name, with a sample for each combination of its labels.

    @ivar name: without the C{_total} that counters end with.
    @ivar kind: L{COUNTER}, L{GAUGE}, L{HISTOGRAM} or L{SUMMARY}.
    @ivar doc: what it is, with its unit.
    @ivar labels: the names of its labels, whose values are few: sections, addresses, words of a fixed set.
    @ivar together: what several workers' make: L{SUM}, L{MAX} or L{MIN}.
    """

    name: str
    kind: str
    doc: str
    labels: tuple[str, ...] = ()
    together: str = SUM

    @property
    def exported(self) -> str:
        """The name of its samples, for a histogram or a summary what they begin with."""
        return f"{self.name}_total" if self.kind == COUNTER else self.name

    @property
    def onlyGrows(self) -> bool:
        """Whether it is a number of what has happened, rather than of what is."""
        return self.kind != GAUGE


Sample = tuple[Family, tuple[str, ...], Value | None]
"""A family, the values of its labels, and a value; None where there is nothing to tell."""

Told = dict[str, list[tuple[list[str], Value]]]
"""Samples as JSON: by the names of their families, each with the values of its labels."""


def told(samples: Iterable[Sample]) -> Told:
    """Samples as JSON; several of the same labels become one, as several uses of one section are."""
    return _gathered((family.name, labels, value, family.together) for family, labels, value in samples)


def together(found: Iterable[Told], families: Mapping[str, Family]) -> Told:
    """
    What several workers tell as one.

    @param families: all there are, by their names.
    """
    return _gathered(
        (name, tuple(labels), value, families[name].together)
        for each in found
        for name, samples in each.items()
        if name in families
        for labels, value in samples
    )


def _gathered(samples: Iterator[tuple[str, tuple[str, ...], Value | None, str]]) -> Told:
    made: dict[str, dict[tuple[str, ...], Value]] = {}
    for name, labels, value, how in samples:
        if value is not None:
            there = made.setdefault(name, {})
            there[labels] = one(there[labels], value, how) if labels in there else value
    return {name: [([*labels], value) for labels, value in each.items()] for name, each in made.items()}


def one(first: Value, other: Value, how: str) -> Value:
    """
    Two values as one.

    @param how: L{SUM}, L{MAX} or L{MIN}; of histograms there are sums alone.
    """
    if isinstance(first, dict) and isinstance(other, dict):
        counts = [a + b for a, b in zip(first["counts"], other["counts"], strict=True)]
        return {"counts": counts, "sum": first["sum"] + other["sum"]}
    assert not isinstance(first, dict)
    assert not isinstance(other, dict)
    return {SUM: first + other, MAX: max(first, other), MIN: min(first, other)}[how]
