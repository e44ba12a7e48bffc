"""What is told of a fleet: a line for each way to run it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from measure.queryloss.report import rows

from .tally import Tally

HELD = 256
"""Octets of memory that an answer takes in Valkey, the mean of the sorts that docs/scale.rst has."""

_HEAD = (
    "fleet",
    "by",
    "cache hits",
    "no wait",
    "upstream/s",
    "look-ups/s",
    "puts/s",
    "claims/s",
    "kept",
    "memory",
)


def report(found: Iterable[tuple[str, Mapping[str, Tally]]]) -> str:
    """
    The table.

    @param found: the ways, each with what its ways of counting say.
    """
    lines = [_HEAD, *(_line(way, how, tally) for way, hows in found for how, tally in hows.items())]
    return rows(lines)


def _line(way: str, how: str, tally: Tally) -> tuple[str, ...]:
    rates = (
        tally.each(tally.upstream),
        tally.each(tally.lookups),
        tally.each(tally.puts),
        tally.each(tally.claims),
    )
    shares = (f"{tally.hits:.1%}", f"{tally.spared:.1%}", *(f"{rate:,.0f}" for rate in rates))
    return (way, how, *shares, f"{tally.held:,.0f}", f"{tally.held * HELD / (1 << 20):,.0f} MB")
